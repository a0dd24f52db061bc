internal import HTTP

/// The page at `/`: what this is, and where to go on.
struct LandingPage: Sendable {
    static let path = "/"
    static let stylePath = "/assets/landing.css"

    let version: String

    var routes: [Route] {
        let page = html
        return [
            Route(
                method: .get, pattern: LandingPage.path,
                handler: .immediate { _ in
                    var response = Response.text(page, contentType: "text/html; charset=utf-8")
                    response.headers["Content-Security-Policy"] =
                        "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
                        + "form-action 'none'"
                    return response
                }),
            Route(
                method: .get, pattern: LandingPage.stylePath,
                handler: .immediate { _ in .text(LandingPage.style, contentType: "text/css; charset=utf-8") }),
        ]
    }

    private var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Martlet</title>
        <link rel="stylesheet" href="\(LandingPage.stylePath)">
        </head>
        <body>
        <main>
        <h1>Martlet</h1>
        <p>Automated machine learning for tables, version \(LandingPage.escaped(version)).</p>
        <ul>
        <li><a href="/api/v1/openapi.json">The HTTP API</a>, described as an OpenAPI document</li>
        <li><a href="/api/v1/datasets">Datasets</a></li>
        <li><a href="/api/v1/examples">Example tables</a></li>
        <li><a href="/api/v1/experiments">Experiments</a></li>
        <li><a href="/healthz">Health</a> and <a href="/readyz">readiness</a></li>
        </ul>
        </main>
        </body>
        </html>

        """
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.append(character)
            }
        }
    }

    private static let style = """
        :root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
        body { margin: 0; display: grid; min-height: 100vh; place-items: center; }
        main { max-width: 36rem; padding: 2rem; }
        h1 { margin: 0; font-size: 2.5rem; letter-spacing: -0.02em; }
        li { margin: 0.25rem 0; }

        """
}
