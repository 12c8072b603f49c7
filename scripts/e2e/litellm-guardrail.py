# LiteLLM's own guardrail, asked to make one request smaller and then to fetch what was left out: prints what came of it as JSON.
import asyncio
import json
import sys

from litellm.proxy.guardrails.guardrail_hooks.headroom.headroom import HeadroomGuardrail


async def main() -> None:
    asked = json.loads(sys.argv[1])
    request = {"model": asked["model"], "messages": asked["messages"]}
    guardrail = HeadroomGuardrail(api_base=asked["base"], api_key=asked["key"], guardrail_name="headroom")
    inputs = {"structured_messages": asked["messages"], "tools": None}
    result = await guardrail.apply_guardrail(inputs=inputs, request_data=request, input_type="request")
    context = request.get("_headroom_request_context")
    hashes = sorted(context.issued_hashes) if context else []
    originals = [await guardrail._call_retrieve(each, None) for each in hashes]
    missing = await guardrail._call_retrieve("0123456789abcdef", None)
    stats = request.get("metadata", {}).get("standard_logging_guardrail_information", [])
    tools = [each["function"]["name"] for each in result.get("tools") or []]
    print(
        json.dumps(
            {
                "messages": result["structured_messages"],
                "tools": tools,
                "hashes": hashes,
                "originals": originals,
                "missing": missing,
                "stats": [each.get("guardrail_response") for each in stats],
            },
            default=str,
        )
    )


asyncio.run(main())
