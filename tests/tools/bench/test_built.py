"""What is read of a built template: nothing here or there names a function of ours."""

from pathlib import Path

from tools.bench.built import functions_of

FOLDER = Path("built")
LAYER = {"Type": "AWS::Serverless::LayerVersion"}
TEMPLATE = {
    "Globals": {
        "Function": {
            "Layers": [{"Ref": "Ours"}, {"Ref": "Theirs"}],
            "Environment": {"Variables": {"TABLE": "t"}},
        }
    },
    "Resources": {
        "Ours": LAYER | {"Properties": {"ContentUri": "OursBuilt"}},
        "Theirs": LAYER | {"Properties": {"ContentUri": "TheirsBuilt"}},
        "Door": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "CodeUri": "DoorBuilt",
                "Handler": "channels.pigeon.handler",
                "Environment": {"Variables": {"SECRET": "s"}},
                "Events": {
                    "Webhook": {"Type": "Api", "Properties": {"Path": "/pigeon", "Method": "POST"}},
                    "Queue": {"Type": "SQS", "Properties": {"Queue": "q"}},
                },
            },
        },
    },
}


def test_a_function_finds_its_code_before_its_layers_as_in_lambda() -> None:
    (door,) = functions_of(TEMPLATE, FOLDER)
    assert door.folders == (
        FOLDER / "DoorBuilt",
        FOLDER / "OursBuilt" / "python",
        FOLDER / "TheirsBuilt" / "python",
    )


def test_a_function_has_the_variables_of_all_functions_and_its_own() -> None:
    (door,) = functions_of(TEMPLATE, FOLDER)
    assert (door.name, door.handler) == ("Door", "channels.pigeon.handler")
    assert door.variables == {"TABLE", "SECRET"}


def test_only_what_comes_through_api_gateway_has_a_route() -> None:
    (door,) = functions_of(TEMPLATE, FOLDER)
    assert door.routes == {"/pigeon"}
