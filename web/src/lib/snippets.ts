export interface SnippetInput {
  origin: string;
  modelID: string;
  /** A row to predict. */
  example: Record<string, string | number | boolean | null>;
  needsToken: boolean;
}

export interface Snippet {
  key: string;
  title: string;
  code: string;
}

/** Code that predicts with a model, ready to be copied. */
export function snippets(input: SnippetInput): Snippet[] {
  return [
    { key: "curl", title: "curl", code: curl(input) },
    { key: "python", title: "Python", code: python(input) },
    { key: "swift", title: "Swift", code: swift(input) },
    { key: "cli", title: "Command line", code: commandLine(input) },
  ];
}

const address = ({ origin, modelID }: SnippetInput) => `${origin}/api/v1/models/${modelID}/predict`;
const json = (value: unknown, indent?: number) => JSON.stringify(value, null, indent);
const shellQuoted = (text: string) => `'${text.replace(/'/g, `'\\''`)}'`;

function curl(input: SnippetInput): string {
  const token = input.needsToken ? ` \\\n  -H "Authorization: Bearer $MARTLET_API_TOKEN"` : "";
  return `curl ${shellQuoted(address(input))}${token} \\
  -H 'Content-Type: application/json' \\
  -d ${shellQuoted(json({ rows: [input.example] }))}

# A whole file, answered as a file
curl ${shellQuoted(address(input))}${token} \\
  -H 'Content-Type: text/csv' \\
  --data-binary @rows.csv --output predictions.csv`;
}

function python(input: SnippetInput): string {
  const header = input.needsToken ? `, "Authorization": "Bearer " + os.environ["MARTLET_API_TOKEN"]` : "";
  return `import json${input.needsToken ? "\nimport os" : ""}
import urllib.request

rows = json.loads(${json(json([input.example]))})
request = urllib.request.Request(
    ${json(address(input))},
    data=json.dumps({"rows": rows}).encode(),
    headers={"Content-Type": "application/json"${header}},
)
with urllib.request.urlopen(request) as response:
    for prediction in json.load(response)["predictions"]:
        print(prediction)`;
}

/** A raw string literal that may hold anything. */
function swiftLiteral(text: string): string {
  let fence = "#";
  while (text.includes(`"${fence}`) || text.includes(`\\${fence}`)) fence += "#";
  return `${fence}"${text}"${fence}`;
}

function swift(input: SnippetInput): string {
  const token = input.needsToken
    ? `\nrequest.setValue("Bearer \\(ProcessInfo.processInfo.environment["MARTLET_API_TOKEN"] ?? "")", forHTTPHeaderField: "Authorization")`
    : "";
  return `import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

var request = URLRequest(url: URL(string: ${json(address(input))})!)
request.httpMethod = "POST"
request.setValue("application/json", forHTTPHeaderField: "Content-Type")${token}
request.httpBody = Data(${swiftLiteral(json({ rows: [input.example] }))}.utf8)
let (data, _) = try await URLSession.shared.data(for: request)
print(String(decoding: data, as: UTF8.self))`;
}

function commandLine(input: SnippetInput): string {
  const token = input.needsToken ? ` -H "Authorization: Bearer $MARTLET_API_TOKEN"` : "";
  return `# Once: get the model as a file
curl${token} ${shellQuoted(`${input.origin}/api/v1/models/${input.modelID}/artifact`)} --output model.martlet

# Then, without any server
martlet predict model.martlet rows.csv --output predictions.csv`;
}
