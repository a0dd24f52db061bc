// Writes the types of the API from its OpenAPI document.
// usage: generate-api.mjs [SOURCE]   SOURCE is a file or the address of a running server's document; it is first written to
//                                    openapi.json, from which src/api/schema.ts is then made. Without it only the latter.
//        generate-api.mjs --print    prints what schema.ts should be, for the test that it is current
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const documentFile = fileURLToPath(new URL("../openapi.json", import.meta.url));
const typesFile = fileURLToPath(new URL("../src/api/schema.ts", import.meta.url));

/** A name as a property: quoted where it has to be. */
const property = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

function union(parts) {
  return [...new Set(parts)].join(" | ");
}

/** The TypeScript type of a JSON schema. */
function type(schema, indent = "") {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value)));
  const kinds = Array.isArray(schema.type) ? schema.type : [schema.type];
  return union(kinds.map((kind) => single(kind, schema, indent)));
}

function single(kind, schema, indent) {
  switch (kind) {
    case "string":
      return schema.format === "binary" ? "Blob" : "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
    case "null":
      return kind;
    case "array": {
      const item = type(schema.items ?? {}, indent);
      return /[|&]/.test(item) && !item.startsWith("{") ? `(${item})[]` : `${item}[]`;
    }
    case "object":
      return object(schema, indent);
    default:
      return "unknown";
  }
}

function object(schema, indent) {
  if (!schema.properties) {
    const values =
      typeof schema.additionalProperties === "object" ? type(schema.additionalProperties, indent) : "unknown";
    return `Record<string, ${values}>`;
  }
  const required = new Set(schema.required ?? []);
  const inner = `${indent}  `;
  const lines = Object.entries(schema.properties).map(([name, value]) => {
    const comment = value.description ? `${inner}/** ${value.description} */\n` : "";
    return `${comment}${inner}${property(name)}${required.has(name) ? "" : "?"}: ${type(value, inner)};`;
  });
  return lines.length === 0 ? "Record<string, never>" : `{\n${lines.join("\n")}\n${indent}}`;
}

/** The parameters of one place (`path`, `query`) as an object type, or nothing where there are none. */
function parameters(operation, place) {
  const all = (operation.parameters ?? []).filter((parameter) => parameter.in === place);
  if (all.length === 0) return "never";
  return `{ ${all.map((p) => `${property(p.name)}${p.required ? "" : "?"}: ${type(p.schema)}`).join("; ")} }`;
}

const jsonType = "application/json";

function body(operation) {
  const content = operation.requestBody?.content;
  if (!content) return "never";
  return content[jsonType] ? type(content[jsonType].schema, "    ") : "Blob";
}

function answer(operation) {
  const [, response] = Object.entries(operation.responses).find(([status]) => status.startsWith("2"));
  const content = response.content;
  if (!content) return "undefined";
  return content[jsonType] ? type(content[jsonType].schema, "    ") : "Blob";
}

function render(document) {
  const parts = ["// Made from openapi.json by scripts/generate-api.mjs; not edited by hand.", ""];
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    const text = type(schema);
    parts.push(text.startsWith("{") ? `export interface ${name} ${text}` : `export type ${name} = ${text};`, "");
  }
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  parts.push("/** What each call takes and gives. */", "export interface Operations {");
  for (const { operation } of operations) {
    parts.push(
      `  /** ${operation.summary} */`,
      `  ${operation.operationId}: {`,
      `    path: ${parameters(operation, "path")};`,
      `    query: ${parameters(operation, "query")};`,
      `    body: ${body(operation)};`,
      `    answer: ${answer(operation)};`,
      "  };",
    );
  }
  parts.push("}", "", "export type OperationName = keyof Operations;", "");
  parts.push(
    "/** Where each call goes. */",
    "export const routes: Record<OperationName, readonly [string, string]> = {",
  );
  for (const { path, method, operation } of operations) {
    parts.push(`  ${operation.operationId}: ["${method}", "${path}"],`);
  }
  parts.push("};", "");
  return parts.join("\n");
}

/** What depends on how a server was started is no part of the API. */
function settled(document) {
  const { security: _security, ...rest } = document;
  const { securitySchemes: _schemes, ...components } = rest.components;
  for (const methods of Object.values(rest.paths)) {
    for (const operation of Object.values(methods)) {
      delete operation.security;
      delete operation.responses["401"];
    }
  }
  return { ...rest, components };
}

async function load(source) {
  if (!/^https?:/.test(source)) return JSON.parse(readFileSync(source, "utf8"));
  const response = await fetch(source);
  if (!response.ok) throw new Error(`${source} answers ${response.status}`);
  return response.json();
}

const [source] = process.argv.slice(2);
if (source && source !== "--print") {
  writeFileSync(documentFile, `${JSON.stringify(settled(await load(source)), null, 1)}\n`);
}
const types = render(JSON.parse(readFileSync(documentFile, "utf8")));
if (source === "--print") process.stdout.write(types);
else writeFileSync(typesFile, types);
