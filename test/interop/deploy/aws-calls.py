"""AWS's other SDK, one call a line: service, operation and parameters in, answer or error out."""

import json
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

clients = {}


def answer(call):
    service = call["service"]
    if service not in clients:
        clients[service] = boto3.client(service, endpoint_url=sys.argv[1])
    try:
        return {"answer": getattr(clients[service], call["operation"])(**call["parameters"])}
    except (BotoCoreError, ClientError) as error:
        return {"error": str(error)}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line)), default=str), flush=True)
