// HashiCorp's HCL parser and formatter as a child process: one line of JSON in (a list of requests), one line out (their answers, in order).
//
//   {"op": "parse", "text": ...}       -> {"value": the file as JSON}
//   {"op": "format", "text": ...}      -> {"value": the file as `terraform fmt` would write it}
//   {"op": "expression", "text": ...}  -> {"value": its syntax tree}
//   any of them, when it does not parse -> {"error": what the parser says}
import { createInterface } from "node:readline";
import hcl from "@cdktf/hcl2json";
import tools from "@cdktf/hcl-tools";

const operations = {
  parse: (text) => hcl.parse("", text),
  format: (text) => tools.format(text),
  expression: (text) => hcl.getExpressionAst("", text),
};

async function answer({ op, text }) {
  try {
    return { value: await operations[op](text) };
  } catch (error) {
    return { error: error.message };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const answers = [];
  for (const request of JSON.parse(line)) {
    answers.push(await answer(request));
  }
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}
process.exit(0); // the parsers' own Go programs would wait for ever
