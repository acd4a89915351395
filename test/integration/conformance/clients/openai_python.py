"""The `openai` package for Python."""

import json
import sys

import openai
from openai import OpenAI

SETTINGS = json.loads(sys.argv[1])
KEYS = SETTINGS["keys"]
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city", "days"],
            "additionalProperties": False,
        },
    },
}
CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "size": {"type": "integer"}},
    "required": ["city", "size"],
    "additionalProperties": False,
}


def client(key=None, max_retries=0):
    return OpenAI(
        base_url=SETTINGS["url"] + "/v1", api_key=key or KEYS["main"], max_retries=max_retries
    )


CLIENT = client()


def user(content):
    return [{"role": "user", "content": content}]


def chat(headers, of=None, **body):
    return (of or CLIENT).chat.completions.create(extra_headers=headers, **body)


def echo(headers, content="x", of=None, **more):
    return chat(headers, of, model="simulated/echo", messages=user(content), **more)


def error_seen(error):
    body = error.body if isinstance(error.body, dict) else {}
    return {
        "kind": type(error).__name__,
        "isApiError": isinstance(error, openai.APIError),
        "status": getattr(error, "status_code", None),
        "code": error.code,
        "type": body.get("type"),
        "param": error.param,
        "message": error.message,
        "requestId": getattr(error, "request_id", None),
    }


def thrown_by(work):
    try:
        work()
    except openai.APIError as error:
        return error
    raise RuntimeError("expected the client to throw")


def failing(work):
    return error_seen(thrown_by(work))


def stream_failing(headers, model, of=None):
    text = []

    def read():
        for chunk in chat(headers, of, model=model, messages=user("go"), stream=True):
            if chunk.choices:
                text.append(chunk.choices[0].delta.content or "")

    seen = failing(read)
    return {"text": "".join(text), **seen}


def ask_thrice(headers):
    """One request a minute is allowed, and three are never in three minutes."""
    for _ in range(3):
        echo(headers, of=client(KEYS["rate"]))


def row_2(headers):
    return {
        "400": failing(lambda: echo(headers, n=128))["kind"],
        "401": failing(lambda: echo(headers, of=client("sk-nobody")))["kind"],
        "403": failing(lambda: echo(headers, of=client(KEYS["scopeless"])))["kind"],
        "404": failing(lambda: chat(headers, model="nope", messages=user("x")))["kind"],
        "429": failing(lambda: ask_thrice(headers))["kind"],
        "503": failing(
            lambda: chat(headers, model="simulated/error-500", messages=user("x"))
        )["kind"],
    }


def row_3(headers):
    spent = client(KEYS["spent"], max_retries=2)
    half = {"model": "simulated/lorem", "messages": user("x"), "max_tokens": 20}
    chat({}, spent, **half)
    return failing(lambda: chat(headers, spent, **half))


def row_4(headers):
    error = thrown_by(lambda: ask_thrice(headers))
    return {
        "after": error.response.headers.get("retry-after"),
        "afterMs": error.response.headers.get("retry-after-ms"),
        "status": error.status_code,
    }


def row_5(headers):
    answer = echo(headers)
    error = failing(lambda: chat(headers, model="nope", messages=user("x")))
    return {"ofAnswer": answer._request_id, "ofError": error["requestId"], "id": answer.id}


def row_6(headers):
    raw = CLIENT.chat.completions.with_raw_response.create(
        model="simulated/echo", messages=user("x"), extra_headers=headers
    )
    names = [
        f"x-ratelimit-{what}-{of}"
        for what in ("limit", "remaining", "reset")
        for of in ("requests", "tokens")
    ]
    return {name: raw.headers.get(name) for name in names}


def row_11(headers):
    def helper():
        with CLIENT.chat.completions.stream(
            model="simulated/truncate", messages=user("go")
        ) as stream:
            stream.get_final_completion()

    return {**stream_failing(headers, "simulated/truncate"), "helper": failing(helper)}


def row_13(headers):
    first = next(iter(echo(headers, "hello there", stream=True)))
    with CLIENT.chat.completions.stream(
        model="simulated/echo", messages=user("hello there")
    ) as stream:
        final = stream.get_final_completion()
    return {
        "role": first.choices[0].delta.role,
        "helper": final.choices[0].message.content,
    }


def row_14(headers):
    body = {"model": "simulated/tool-call", "messages": user("weather?"), "tools": [WEATHER]}
    deltas = [
        delta
        for chunk in chat(headers, stream=True, **body)
        if chunk.choices
        for delta in chunk.choices[0].delta.tool_calls or []
    ]
    with CLIENT.chat.completions.stream(**body) as stream:
        final = stream.get_final_completion()
    return {
        "indexes": sorted({delta.index for delta in deltas}),
        "first": {
            "id": "string" if isinstance(deltas[0].id, str) else "none",
            "type": deltas[0].type,
            "name": deltas[0].function.name,
        },
        "fragments": len(deltas),
        "calls": [
            {"name": call.function.name, "arguments": json.loads(call.function.arguments)}
            for call in final.choices[0].message.tool_calls
        ],
    }


def row_15(headers):
    def reason(of=None, **body):
        return chat(headers, of, **body).choices[0].finish_reason

    return {
        "stop": reason(model="simulated/echo", messages=user("x")),
        "length": reason(model="simulated/lorem", messages=user("x"), max_tokens=5),
        "tool": reason(model="simulated/tool-call", messages=user("x"), tools=[WEATHER]),
        "blocked": reason(
            client(KEYS["strict"]), model="simulated/pii", messages=user("x")
        ),
    }


def row_16(headers):
    asked = list(echo(headers, "a b c", stream=True, stream_options={"include_usage": True}))
    unasked = list(echo(headers, "a b c", stream=True))
    return {
        "last": {"choices": len(asked[-1].choices), "usage": asked[-1].usage.total_tokens > 0},
        "others": [None] if all(chunk.usage is None for chunk in asked[:-1]) else ["some"],
        "unasked": sum(1 for chunk in unasked if chunk.usage is not None or not chunk.choices),
    }


def row_18(headers):
    chunks = list(echo(headers, "one two three four five", stream=True))
    return {
        "chunks": len(chunks),
        "distinct": [
            len({getattr(chunk, field) for chunk in chunks})
            for field in ("id", "created", "model", "object")
        ],
        "object": chunks[0].object,
    }


def row_19(headers):
    called = chat(
        headers, model="simulated/tool-call", messages=user("x"), tools=[WEATHER]
    )
    return {
        "called": called.to_dict()["choices"][0],
        "said": echo(headers).to_dict()["choices"][0],
    }


def row_20(headers):
    def parts(text):
        return [{"type": "text", "text": text}]

    call = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
    messages = [
        {"role": "system", "content": parts("be brief")},
        {"role": "developer", "content": "be kind"},
        {"role": "user", "content": parts("weather?")},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": parts("7 °C")},
        {"role": "assistant", "content": parts("seven degrees")},
        {"role": "user", "content": parts("thank you")},
    ]
    return chat(headers, model="simulated/echo", messages=messages).choices[0].message.content


def row_21(headers):
    def used(**caps):
        answer = chat(headers, model="simulated/lorem", messages=user("x"), **caps)
        return answer.usage.completion_tokens

    return [
        used(max_tokens=7),
        used(max_completion_tokens=9),
        used(max_tokens=50, max_completion_tokens=11),
    ]


def row_22(headers):
    schema = {"name": "city", "strict": True, "schema": CITY}
    answer = echo(
        headers, "a city", response_format={"type": "json_schema", "json_schema": schema}
    )
    return {"parsed": json.loads(answer.choices[0].message.content)}


def row_23(headers):
    two = echo(headers, n=2)
    return {
        "indexes": [[choice.index, choice.logprobs] for choice in two.choices],
        "refused": failing(lambda: echo(headers, logprobs=True)),
    }


def row_24(headers):
    listed = [model.id for model in CLIENT.models.list(extra_headers=headers)]
    return {
        "listed": "chat-default" in listed and "simulated/echo" in listed,
        "one": CLIENT.models.retrieve("simulated/echo", extra_headers=headers).id,
        "unknown": failing(lambda: chat(headers, model="gpt-4o", messages=user("x"))),
        "served": chat(headers, model="chat-default", messages=user("x"), max_tokens=4).model,
    }


def row_25(headers):
    seen = 0
    stream = chat(
        headers, model="simulated/lorem", messages=user("x"), max_tokens=2_000, stream=True
    )
    with stream:
        for _ in stream:
            seen += 1
            if seen == 3:
                break
    return {"seen": seen, "id": stream.response.headers["x-request-id"]}


def row_28(headers):
    error = failing(
        lambda: chat(
            headers,
            client(max_retries=1),
            model="simulated/error-500",
            messages=user("x"),
        )
    )
    return {"id": error["requestId"], "status": error["status"]}


def row_29(headers):
    text = "naïve café — 日本語 👩‍👩‍👧‍👦 ﷽ 🏴󠁧󠁢󠁳󠁣󠁴󠁿"
    chunks = echo(headers, text, stream=True)
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == text


ROWS = {
    1: lambda headers: failing(lambda: echo(headers, temperature=5)),
    2: row_2,
    3: row_3,
    4: row_4,
    5: row_5,
    6: row_6,
    11: row_11,
    12: lambda headers: stream_failing(
        headers, "simulated/stream-error", client(max_retries=2)
    ),
    13: row_13,
    14: row_14,
    15: row_15,
    16: row_16,
    17: lambda headers: echo(headers).usage.to_dict(),
    18: row_18,
    19: row_19,
    20: row_20,
    21: row_21,
    22: row_22,
    23: row_23,
    24: row_24,
    25: row_25,
    28: row_28,
    29: row_29,
}

for number, look in ROWS.items():
    try:
        print(json.dumps({"row": number, "seen": look({"x-conformance-row": str(number)})}))
    except Exception as thrown:  # An observation too: the suite judges it.
        print(json.dumps({"row": number, "threw": repr(thrown)}))
