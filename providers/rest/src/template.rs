//! Templates in request paths and expressions over answers: minijinja, kept to what a preset needs.
//!
//! Every value put into a path is percent-encoded, whatever it is: no address or id can leave its segment. Bodies are not text
//! templates but expressions whose value becomes JSON: numbers stay numbers, and nothing can be injected.

use std::collections::HashSet;
use std::sync::LazyLock;

use minijinja::value::ValueKind;
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but RFC 3986's unreserved characters.
pub(crate) const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Instructions that one evaluation may take: a preset needs some dozens, and one from a user must not spin.
const FUEL: u64 = 100_000;

/// What every path must be.
const NO_PATH: &str = "a path begins with `/`";

/// For values: whatever is missing is an error, so that an unexpected answer is never read as "nobody".
static STRICT: LazyLock<Environment<'static>> =
    LazyLock::new(|| environment(UndefinedBehavior::SemiStrict));

/// For conditions: whatever is missing does not match.
static LENIENT: LazyLock<Environment<'static>> =
    LazyLock::new(|| environment(UndefinedBehavior::Chainable));

/// For text outside of paths.
static TEXT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_fuel(Some(FUEL));
    environment
});

fn environment(undefined: UndefinedBehavior) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(undefined);
    environment.set_fuel(Some(FUEL));
    environment.set_formatter(percent_encoded);
    environment
}

fn percent_encoded(
    out: &mut Output<'_>,
    _: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    let text = scalar(value).ok_or_else(|| {
        Error::new(
            ErrorKind::InvalidOperation,
            format!("a {} cannot stand in a path", value.kind()),
        )
    })?;
    // A segment of one or two dots would walk up the path.
    if text.is_empty() || text.chars().all(|c| c == '.') {
        return Err(Error::new(
            ErrorKind::InvalidOperation,
            "an empty value cannot stand in a path",
        ));
    }
    write!(out, "{}", utf8_percent_encode(&text, SEGMENT))
        .map_err(|error| Error::new(ErrorKind::WriteFailure, error.to_string()))
}

/// The text of a string or an integer; nothing else names a thing.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value.kind() {
        ValueKind::String => value.as_str().map(str::to_owned),
        ValueKind::Number if value.is_integer() => Some(value.to_string()),
        _ => None,
    }
}

/// A request path with values to be filled in, percent-encoded.
#[derive(Clone, Debug)]
pub(crate) struct PathTemplate(String);

impl PathTemplate {
    /// `known`: the names that it may use.
    pub(crate) fn parse(source: &str, known: &[&str]) -> Result<Self, String> {
        // A condition may choose between paths; what it chose is checked when it is made.
        if !source.starts_with('/') && !source.starts_with("{%") {
            return Err(NO_PATH.to_owned());
        }
        let template = STRICT
            .template_from_str(source)
            .map_err(|error| describe(&error))?;
        only_known(template.undeclared_variables(false), known)?;
        Ok(Self(source.to_owned()))
    }

    /// The names that it uses, with their members: `options.zone`.
    pub(crate) fn members(&self) -> HashSet<String> {
        STRICT
            .template_from_str(&self.0)
            .map(|template| template.undeclared_variables(true))
            .unwrap_or_default()
    }

    pub(crate) fn render(&self, context: &Value) -> Result<String, Error> {
        let path = STRICT.render_str(&self.0, context.clone())?;
        if path.starts_with('/') {
            Ok(path)
        } else {
            Err(Error::new(ErrorKind::InvalidOperation, NO_PATH))
        }
    }

    pub(crate) fn uses(&self, name: &str) -> bool {
        STRICT
            .template_from_str(&self.0)
            .is_ok_and(|template| template.undeclared_variables(false).contains(name))
    }
}

/// Text with values to be filled in as they are: for headers, whose own grammar is checked when they are made.
#[derive(Clone, Debug)]
pub(crate) struct TextTemplate(String);

impl TextTemplate {
    /// `known`: the names that it may use.
    pub(crate) fn parse(source: &str, known: &[&str]) -> Result<Self, String> {
        let template = TEXT
            .template_from_str(source)
            .map_err(|error| describe(&error))?;
        only_known(template.undeclared_variables(false), known)?;
        Ok(Self(source.to_owned()))
    }

    /// As [`PathTemplate::members`].
    pub(crate) fn members(&self) -> HashSet<String> {
        TEXT.template_from_str(&self.0)
            .map(|template| template.undeclared_variables(true))
            .unwrap_or_default()
    }

    pub(crate) fn render(&self, context: &Value) -> Result<String, Error> {
        TEXT.render_str(&self.0, context.clone())
    }

    pub(crate) fn uses(&self, name: &str) -> bool {
        TEXT.template_from_str(&self.0)
            .is_ok_and(|template| template.undeclared_variables(false).contains(name))
    }
}

/// A URL with options to be filled in, percent-encoded.
#[derive(Clone, Debug)]
pub(crate) struct UrlTemplate(String);

impl UrlTemplate {
    /// `known`: the names that it may use.
    pub(crate) fn parse(source: &str, known: &[&str]) -> Result<Self, String> {
        let template = STRICT
            .template_from_str(source)
            .map_err(|error| describe(&error))?;
        only_known(template.undeclared_variables(false), known)?;
        Ok(Self(source.to_owned()))
    }

    pub(crate) fn render(&self, context: &Value) -> Result<String, Error> {
        STRICT.render_str(&self.0, context.clone())
    }

    /// As [`PathTemplate::members`].
    pub(crate) fn members(&self) -> HashSet<String> {
        STRICT
            .template_from_str(&self.0)
            .map(|template| template.undeclared_variables(true))
            .unwrap_or_default()
    }

    /// It has nothing to be filled in.
    pub(crate) fn is_literal(&self) -> bool {
        !self.0.contains("{{") && !self.0.contains("{%")
    }

    pub(crate) fn source(&self) -> &str {
        &self.0
    }
}

/// An expression whose value is needed.
#[derive(Clone, Debug)]
pub(crate) struct Expression(String);

impl Expression {
    /// `known`: the names that it may use.
    pub(crate) fn parse(source: &str, known: &[&str]) -> Result<Self, String> {
        let expression = STRICT
            .compile_expression(source)
            .map_err(|error| describe(&error))?;
        only_known(expression.undeclared_variables(false), known)?;
        Ok(Self(source.to_owned()))
    }

    /// As [`PathTemplate::members`].
    pub(crate) fn members(&self) -> HashSet<String> {
        STRICT
            .compile_expression(&self.0)
            .map(|expression| expression.undeclared_variables(true))
            .unwrap_or_default()
    }

    /// Its value; an undefined one is an error.
    pub(crate) fn value(&self, context: &Value) -> Result<Value, Error> {
        let value = STRICT.compile_expression(&self.0)?.eval(context.clone())?;
        if value.is_undefined() {
            return Err(Error::new(
                ErrorKind::UndefinedError,
                format!("`{}` is not in the answer", self.0),
            ));
        }
        Ok(value)
    }

    /// Its value, where an undefined one and a failed evaluation are nothing.
    pub(crate) fn lenient_value(&self, context: &Value) -> Option<Value> {
        let value = LENIENT
            .compile_expression(&self.0)
            .ok()?
            .eval(context.clone())
            .ok()?;
        (!value.is_undefined()).then_some(value)
    }

    pub(crate) fn uses(&self, name: &str) -> bool {
        STRICT
            .compile_expression(&self.0)
            .is_ok_and(|expression| expression.undeclared_variables(false).contains(name))
    }

    /// Whether it is true; `false` if it cannot be evaluated.
    pub(crate) fn holds(&self, context: &Value) -> bool {
        self.lenient_value(context)
            .is_some_and(|value| value.is_true())
    }
}

fn only_known(used: impl IntoIterator<Item = String>, known: &[&str]) -> Result<(), String> {
    match used
        .into_iter()
        .find(|name| !known.contains(&name.as_str()))
    {
        Some(name) => Err(format!(
            "unknown name `{name}`; known here: {}",
            known.join(", ")
        )),
        None => Ok(()),
    }
}

fn describe(error: &Error) -> String {
    error.detail().map_or_else(
        || error.to_string(),
        |detail| format!("{}: {detail}", error.kind()),
    )
}

#[cfg(test)]
mod tests {
    use minijinja::{Value, context};

    use super::{Expression, PathTemplate};

    fn parsed(json: &serde_json::Value) -> Value {
        serde_json::from_str(&json.to_string()).unwrap()
    }

    fn path(source: &str, context: &Value) -> Result<String, minijinja::Error> {
        PathTemplate::parse(source, &["x", "body"])
            .unwrap()
            .render(context)
    }

    #[test]
    fn values_in_paths_are_percent_encoded_and_the_rest_is_not() {
        let context = context! { x => "a/../b?c#d:e%2F" };
        assert_eq!(
            path("/v1/{{ x }}:attach", &context).unwrap(),
            "/v1/a%2F..%2Fb%3Fc%23d%3Ae%252F:attach"
        );
        assert_eq!(
            path("/v1/{{ x }}", &context! { x => "2001:db8::7/64" }).unwrap(),
            "/v1/2001%3Adb8%3A%3A7%2F64"
        );
        assert_eq!(
            path("/v1/{{ x }}", &context! { x => 36_804_636_u64 }).unwrap(),
            "/v1/36804636"
        );
    }

    #[test]
    fn a_value_that_would_change_the_path_is_refused() {
        for x in [
            Value::from(".."),
            Value::from("."),
            Value::from(""),
            Value::from(()),
            Value::from(vec![1]),
            Value::UNDEFINED,
        ] {
            assert!(
                path("/v1/{{ x }}/actions", &context! { x => x.clone() }).is_err(),
                "{x:?}"
            );
        }
    }

    #[test]
    fn escaping_cannot_be_switched_off() {
        let context = context! { x => "a/b" };
        for source in [
            "/{{ x|safe }}",
            "/{% autoescape false %}{{ x }}{% endautoescape %}",
            "/{{ x ~ '/' ~ x }}",
        ] {
            if let Ok(template) = PathTemplate::parse(source, &["x"]) {
                assert!(
                    !template.render(&context).unwrap_or_default()[1..].contains('/'),
                    "{source}"
                );
            }
        }
    }

    #[test]
    fn mistakes_are_found_when_a_preset_is_loaded() {
        for (source, told) in [
            ("v1", "begins with"),
            ("/{{ adress }}", "unknown name `adress`"),
            ("/{{ x", "unexpected"),
        ] {
            let error = PathTemplate::parse(source, &["x"]).unwrap_err();
            assert!(error.contains(told), "{source}: {error}");
        }
        assert!(Expression::parse("body.(", &["body"]).is_err());
    }

    #[test]
    fn a_missing_value_is_an_error_and_null_is_not() {
        let holder =
            Expression::parse("body.d.id if body.d is not none else none", &["body"]).unwrap();
        let of = |json: serde_json::Value| holder.value(&context! { body => parsed(&json) });
        assert_eq!(
            of(serde_json::json!({"d": {"id": 7}})).unwrap(),
            Value::from(7)
        );
        assert!(of(serde_json::json!({"d": null})).unwrap().is_none());
        for odd in [
            serde_json::json!({}),
            serde_json::json!({"d": {}}),
            serde_json::json!([]),
            serde_json::json!(null),
        ] {
            assert!(of(odd.clone()).is_err(), "{odd}");
        }
    }

    #[test]
    fn numbers_stay_numbers_and_text_stays_text() {
        let body = Expression::parse("{'id': x | int, 'name': x, 'none': none}", &["x"]).unwrap();
        let value = body.value(&context! { x => "12345678901" }).unwrap();
        assert_eq!(
            serde_json::to_string(&value).unwrap(),
            r#"{"id":12345678901,"name":"12345678901","none":null}"#
        );
        let value = body.value(&context! { x => "1" }).unwrap();
        assert_eq!(
            serde_json::to_value(&value).unwrap(),
            serde_json::json!({"id": 1, "name": "1", "none": null})
        );
    }

    #[test]
    fn a_condition_on_what_is_missing_does_not_hold() {
        let pending =
            Expression::parse("'pending event' in (body.message or '') | lower", &["body"])
                .unwrap();
        assert!(pending.holds(&context! { body => parsed(&serde_json::json!({"message": "Droplet already has a PENDING event."})) }));
        assert!(!pending.holds(&context! { body => parsed(&serde_json::json!({})) }));
        assert!(!pending.holds(&context! { body => parsed(&serde_json::json!({"message": 7})) }));
        assert!(!pending.holds(&context! {}));
    }

    #[test]
    fn an_expression_that_spins_is_stopped() {
        let spin = Expression::parse("range(100000) | map('string') | join", &["range"]).unwrap();
        assert!(spin.value(&context! {}).is_err());
    }
}
