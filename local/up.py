"""`make up`: Sportello on this machine until Ctrl-C."""

import json
import sys
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from local.cloud.interruption import stopped_by_signals
from local.cloud.laptop import Laptop, Stack
from local.cloud.processes import Failed
from local.shop import open_shop

RENEW_TOKENS_SECONDS = 1_800
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
    key, token = stack.secrets["whatsapp"]["app_secret"], stack.secrets["telegram"]["secret_token"]
    return f"""
Sportello is up. From the repository's folder, in another terminal:

  # a customer writes on Telegram
  curl -i '{stack.webhook_base}/telegram' -H 'content-type: application/json' \\
    -H 'X-Telegram-Bot-Api-Secret-Token: {token}' \\
    --data-binary @events/telegram/text.json

  # she sends a picture, which is fetched and kept a moment later
  curl -i '{stack.webhook_base}/telegram' -H 'content-type: application/json' \\
    -H 'X-Telegram-Bot-Api-Secret-Token: {token}' \\
    --data-binary @events/telegram/photo.json

  # another one on WhatsApp, signed as Meta does
  curl -i '{stack.webhook_base}/whatsapp' -H 'content-type: application/json' \\
    -H "X-Hub-Signature-256: sha256=$(openssl dgst -sha256 -hmac {key} -r \\
         events/whatsapp/text_ask_person.json | cut -d' ' -f1)" \\
    --data-binary @events/whatsapp/text_ask_person.json

  # what the providers and the agents' webhooks were sent
  curl -s {stack.provider_base}/_calls | python3 -m json.tool

  # let WhatsApp fail twice: what is sent there next is tried again until it is taken
  curl -i {stack.provider_base}/_faults -d '{{"channel": "whatsapp", "status": 503, "times": 2}}'

  # the agent API, as the supervisor
  TOKEN=$(python3 -c "import json; \\
    print(json.load(open('.local/stack.json'))['tokens']['supervisor'])")
  curl -s '{stack.agent_api_base}/settings/queues' -H "Authorization: $TOKEN"

  # come to work as the supervisor for the next twenty minutes, and see what is put before her
  curl -X PUT '{stack.agent_api_base}/agents/me/presence' -H "Authorization: $TOKEN" \\
    -H 'content-type: application/json' -d '{{"presence": "available", "for_seconds": 1200}}'
  curl -s '{stack.agent_api_base}/agents/me' -H "Authorization: $TOKEN" | python3 -m json.tool

  # take the conversation on WhatsApp, and reply there
  conversation_on() {{
    curl -s '{stack.agent_api_base}/inbox?view=all' -H "Authorization: $TOKEN" \\
      | python3 -c "import json, sys; rows = json.load(sys.stdin)['rows']; \\
      print(next(r['conversation_id'] for r in rows if r['channel'] == '$1'))"
  }}
  CONVERSATION=$(conversation_on whatsapp)
  curl -X POST '{stack.agent_api_base}/conversations/'$CONVERSATION/accept \\
    -H "Authorization: $TOKEN"
  curl -X POST '{stack.agent_api_base}/conversations/'$CONVERSATION/replies \\
    -H "Authorization: $TOKEN" -H 'Idempotency-Key: first-reply' \\
    -H 'content-type: application/json' -d '{{"text": "Buongiorno, sono Sofia."}}'

  # open the picture that came on Telegram
  PICTURED=$(conversation_on telegram)
  MEDIA=$(curl -s '{stack.agent_api_base}/conversations/'$PICTURED -H "Authorization: $TOKEN" \\
    | python3 -c "import json, sys; \\
    entries = json.load(sys.stdin)['timeline']['entries']; \\
    print([m for e in entries for m in e['detail'].get('media', [])][-1]['media_id'])")
  curl -s '{stack.agent_api_base}/conversations/'$PICTURED/media/$MEDIA \\
    -H "Authorization: $TOKEN" \\
    | python3 -c "import json, sys; print(json.load(sys.stdin)['url'])" \\
    | xargs curl -s -o .local/picture.png

  # why it came to her, or to whom it would go
  curl -s '{stack.agent_api_base}/conversations/'$CONVERSATION/routing \\
    -H "Authorization: $TOKEN" | python3 -m json.tool

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
