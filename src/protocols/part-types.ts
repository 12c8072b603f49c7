/** The types by which APIs tell the parts of a conversation apart, on the wire as in messages that are parsed. */

/** Of Anthropic: calls of tools, whoever has them. */
export const anthropicCalls: readonly string[] = ['tool_use', 'server_tool_use', 'mcp_tool_use'];

/** Of Responses: items whose output a tool of the agent's own returned. What tools of the provider's returned is the provider's. */
export const responsesOutputs: readonly string[] = ['function_call_output', 'custom_tool_call_output', 'local_shell_call_output'];

/** Of Responses: parts that hold a text and nothing else that matters. */
export const responsesTexts: readonly string[] = ['input_text', 'output_text', 'text'];
