//! What stands above the tables of the page: written by hand, but for what the profiles bring.

use std::fmt::Write as _;

use crate::config::Profile;

const HEAD: &str = r#"# Configuration

Every key, from the types that read it: this page is what `les generate reference` prints. `les generate schema` prints the same as a JSON Schema (2020-12), by which editors check a
file as it is written, and `les generate config` a [sample](../deploy/les.toml) with every default.

## Layers

A value may be written in several places. Each of these wins over the ones before it:

1. the default; of `election.beat` and `election.silence_after`, what `election.profile` brings;
2. what the systemd unit brings: `STATE_DIRECTORY` for `node.state_dir`, `RUNTIME_DIRECTORY` for `node.admin_socket`;
3. the file, TOML, that `--config FILE` names; there is none without it (the package's unit names `/etc/les/les.toml`);
4. the environment: `LES_`, then the path of the key in capitals, with two underscores for each dot, as in `LES_NODE__BIND_PORT`;
5. the flags of `les run` and `les check`.

A list in a higher layer replaces the whole list below it. `les check` reads all layers, says what holds and where it was written, and changes nothing. A start logs the same. An unknown key or a
value that breaks a rule ends the program with exit code 64, and names the key, the value, the rule and where the value came from. A changed configuration takes effect at the next start.

## How values are written

- **Durations**: a number is seconds (`5`, `0.25`); text has units (`"250ms"`, `"1m 30s"`, `"2h"`). In the environment both are just written: `LES_NODE__LOOP_RATE=250ms`.
- **Lists**: an array, or one text with commas: `["10.0.0.1:4000", "10.0.0.2:4000"]` or `"10.0.0.1:4000,10.0.0.2:4000"`. Spaces around commas do not matter.
- **Numbers and booleans** may also be text: `4000` or `"4000"`, `true` or `"true"`. Nothing else is a boolean: not `1`, not `yes`.
- **Paths** are relative to the directory in which the process was started.
- **Secrets** are never in a file of the configuration. They are not logged and not shown.

## Profiles

| `election.profile` | `election.beat` | `election.silence_after` |
| --- | --- | --- |
"#;

const ENVIRONMENT: &str = r#"
## The environment besides

Only names with a double underscore are keys. (Kubernetes brings `LES_PORT`, `LES_SERVICE_HOST` and more into every pod beside a service named `les`: they are not.) Besides these is read:

| variable | meaning |
| --- | --- |
| `LES_LOG`, else `RUST_LOG` | what is logged: a level (`error`, `warn`, `info`, `debug`, `trace`), or targets with levels and commas between (`info,les::node=debug`). Default: `info`. `les log-level` changes it while a node runs |
| `LES_LOG_FORMAT` | `human` or `json`. Default: human on a terminal and for commands, JSON for `les run` elsewhere |
| `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, else `OTEL_EXPORTER_OTLP_ENDPOINT` | where traces go, over OTLP/gRPC: `http://127.0.0.1:4317`. Default: nowhere, and none are made |
| `OTEL_SERVICE_NAME` | the service's name in traces. Default: `les` |
| credentials of the cloud, such as `DIGITALOCEAN_TOKEN` | by the names that the cloud's own tools have: `les preset list`, and [a page for each preset](../providers/rest/presets/README.md); [AWS](providers/aws.md) |
| the same with `_FILE`, such as `DIGITALOCEAN_TOKEN_FILE` | a file with the credential. A file that changes is read again without a restart |
| `CREDENTIALS_DIRECTORY` | set by systemd (`LoadCredential=`): files named as the variables above, and `LES_NODE__ADMIN_TOKEN` |
| `HTTPS_PROXY`, `NO_PROXY` | the way to the cloud's API; never to the other nodes or the metadata service |
| `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `INVOCATION_ID` | set by systemd: readiness, the watchdog, pauses after crashes in a row |

## The tables

A key is written in its table: `node.bind_port` is `bind_port` under `[node]`. Within a table the keys are in alphabetical order.
"#;

pub(super) fn text() -> String {
    let mut text = HEAD.to_owned();
    for profile in Profile::ALL {
        let timings = profile.timings();
        let _ = writeln!(
            text,
            "| `{profile}` | {} | {} |",
            humantime::format_duration(timings.beat),
            humantime::format_duration(timings.silence_after)
        );
    }
    text.push_str(ENVIRONMENT);
    text
}
