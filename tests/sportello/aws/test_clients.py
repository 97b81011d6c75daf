"""One client of each kind, whoever asks, and none more patient than what it is for."""

from concurrent.futures import ThreadPoolExecutor

from sportello.aws.clients import CONFIG, aws_client, aws_client_at, patient_client


def test_only_who_asks_for_it_waits_for_a_function() -> None:
    assert aws_client("lambda").meta.config.read_timeout == vars(CONFIG)["read_timeout"]
    patient = patient_client("lambda").meta.config
    assert (patient.read_timeout, patient.retries["total_max_attempts"]) == (30, 1)
    assert patient.connect_timeout == vars(CONFIG)["connect_timeout"]


def test_threads_that_ask_at_once_get_the_same_client() -> None:
    with ThreadPoolExecutor(max_workers=8) as pool:
        clients = list(pool.map(lambda _: aws_client_at("sqs", "https://live.example"), range(8)))
    assert len({id(client) for client in clients}) == 1
