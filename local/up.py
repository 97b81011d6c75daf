"""`make up`: Sportello on this machine until Ctrl-C."""

import json
import sys
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from local.cloud.first_day import PASSWORD
from local.cloud.interruption import stopped_by_signals
from local.cloud.laptop import Laptop, Stack
from local.cloud.processes import Failed
from local.shop import open_shop

RENEW_TOKENS_SECONDS = 1_800
ROLES = {"sofia": "agent and supervisor", "giorgia": "administrator"}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def main() -> int:
    print("Setting up; the first time takes a minute longer.")
    with stopped_by_signals():
        try:
            with Laptop() as laptop:
                open_shop(laptop)
                print(what_to_try(laptop.stack))
                sys.stdout.flush()
                while True:
                    time.sleep(RENEW_TOKENS_SECONDS)
                    laptop.sign_in_again()
        except KeyboardInterrupt:
            print("\nStopped; nothing is left running.")
            return 0
        except Failed as failure:
            print(failure, file=sys.stderr)
            return 1


def what_to_try(stack: Stack) -> str:
    people = "\n".join(
        f"    {person['email']:<20} {ROLES.get(name, 'agent')}"
        for name, person in stack.people.items()
    )
    return f"""
Sportello is up. People work at

    {stack.desk_url}

Sign in there as one of these, all with the password {PASSWORD}, each in a window of their own:

{people}

Customers write, from the repository's folder in another terminal; the same name is the same one:

  .venv/bin/python -m local.write telegram "Vorrei parlare con una persona"
  .venv/bin/python -m local.write whatsapp "I want to talk to a person" --name Harriet
  .venv/bin/python -m local.write telegram --photo "È arrivato rotto" --name Bruno

Work on the page: it is served from web/desk as it is now, with the same headers, by

  .venv/bin/python -m local.desk_preview

What else to try:

  # what the providers and the agents' webhooks were sent
  curl -s {stack.provider_base}/_calls | python3 -m json.tool

  # let WhatsApp fail twice: what is sent there next is tried again until it is taken
  curl -i {stack.provider_base}/_faults -d '{{"channel": "whatsapp", "status": 503, "times": 2}}'

  # the agent API, as the supervisor (docs/agent-api.md has the rest)
  TOKEN=$(python3 -c "import json; \\
    print(json.load(open('.local/stack.json'))['tokens']['supervisor'])")
  curl -s '{stack.agent_api_base}/inbox?view=all' -H "Authorization: $TOKEN" | python3 -m json.tool

  # close the desk, or ask for a first response within ten seconds (docs/settings.md has the rest)
  curl -X PUT '{stack.agent_api_base}/settings/opening_hours' -H "Authorization: $TOKEN" \\
    -H 'content-type: application/json' \\
    -d '{closed_now()}'
  curl -X PUT '{stack.agent_api_base}/settings/sla_policies' -H "Authorization: $TOKEN" \\
    -H 'content-type: application/json' \\
    -d '{{"policies": [{{"name": "quick", "targets": {{"first_response": {{"seconds": 10}}}}}}]}}'

  # any AWS tool
  export AWS_ENDPOINT_URL={stack.aws_endpoint} AWS_DEFAULT_REGION={stack.region} \\
    AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test

All addresses and secrets are in .local/stack.json, the logs of SAM and the emulator in .local/logs,
those of the functions in the log group of the output LogGroupName. Ctrl-C stops it.
"""


def closed_now() -> str:
    """Return opening hours of tomorrow's weekday only, as JSON."""
    zone = "Europe/Rome"
    tomorrow = datetime.now(ZoneInfo(zone)) + timedelta(days=1)
    weekly = {WEEKDAYS[tomorrow.weekday()]: [["09:00", "18:00"]]}
    return json.dumps({"calendars": {"default": {"time_zone": zone, "weekly": weekly}}})


if __name__ == "__main__":
    sys.exit(main())
