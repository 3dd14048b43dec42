//! Checks the syntax of annotation templates, as Prometheus would. [`super::template`] renders the usual ones.

use promql::quoted_len;

/// The functions of Prometheus and of Go's templates.
const FUNCTIONS: &[&str] = &[
    "and",
    "args",
    "call",
    "eq",
    "externalURL",
    "first",
    "ge",
    "graphLink",
    "gt",
    "html",
    "humanize",
    "humanize1024",
    "humanizeDuration",
    "humanizePercentage",
    "humanizeTimestamp",
    "index",
    "js",
    "label",
    "le",
    "len",
    "lt",
    "match",
    "ne",
    "not",
    "or",
    "parseDuration",
    "pathPrefix",
    "print",
    "printf",
    "println",
    "query",
    "reReplaceAll",
    "safeHtml",
    "slice",
    "sortByLabel",
    "stripDomain",
    "stripPort",
    "strvalue",
    "tableLink",
    "title",
    "toLower",
    "toTime",
    "toUpper",
    "urlquery",
    "value",
];
/// White space in Go's templates.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];
const CONSTANTS: &[&str] = &["true", "false", "nil"];
const OPENING: &[&str] = &["if", "range", "with", "define", "block"];
const OTHER_WORDS: &[&str] = &["else", "end", "template", "break", "continue"];
/// The variables that Prometheus defines.
const VARIABLES: &[&str] = &["$", "$labels", "$externalLabels", "$externalURL", "$value"];

/// Checks braces, strings, functions, variables and blocks.
///
/// # Errors
/// What Prometheus would refuse, as the rest of a sentence about the template.
pub fn check(template: &str) -> Result<(), String> {
    let mut variables = VARIABLES.to_vec();
    let mut open = 0_usize;
    let mut rest = template;
    while let Some((_, after)) = rest.split_once("{{") {
        if let Some(after) = comment(after)? {
            rest = after;
            continue;
        }
        let (words, after) = action(after)?;
        match words.first().copied() {
            None => return Err("has an empty `{{ }}`".to_owned()),
            Some("end") => open = open.checked_sub(1).ok_or("`{{ end }}` ends nothing")?,
            Some(word) if OPENING.contains(&word) => open += 1,
            Some(_) => {}
        }
        known(&words, &mut variables)?;
        rest = after;
    }
    match open {
        0 => Ok(()),
        _ => Err("`{{ end }}` is missing".to_owned()),
    }
}

/// The text after a comment, if the action after `{{` is a comment.
fn comment(text: &str) -> Result<Option<&str>, String> {
    let Some(comment) = text.strip_prefix("- ").unwrap_or(text).strip_prefix("/*") else {
        return Ok(None);
    };
    let end = comment.split_once("*/").map(|(_, after)| after);
    match end.and_then(|after| after.split_once("}}")) {
        Some((_, after)) => Ok(Some(after)),
        None => Err("has a comment without an end".to_owned()),
    }
}

/// The words and operators between `{{` and `}}`, and the text after them.
fn action(text: &str) -> Result<(Vec<&str>, &str), String> {
    let mut words = Vec::new();
    // `{{- ` and ` -}}` trim the text around (text/template, "Text and spaces").
    let mut rest = text;
    if let Some(trimmed) = text
        .strip_prefix('-')
        .filter(|trimmed| trimmed.starts_with(BLANKS))
    {
        rest = trimmed;
    }
    loop {
        let trimmed = rest.trim_start_matches(BLANKS).strip_prefix("-}}");
        let end = rest.strip_prefix("}}");
        if let Some(after) = end.or_else(|| trimmed.filter(|_| rest.starts_with(BLANKS))) {
            return Ok((words, after));
        }
        let first = rest.chars().next().ok_or("`{{` without `}}`")?;
        let length = match first {
            '"' | '`' | '\'' => quoted_len(rest, first).ok_or("has a string without an end")?,
            _ if in_word(first) => rest.find(|c| !in_word(c)).unwrap_or(rest.len()),
            '{' | '}' => return Err(format!("has a {first:?} within `{{{{ }}}}`")),
            _ => first.len_utf8(),
        };
        let (word, after) = rest.split_at(length);
        if !first.is_whitespace() {
            words.push(word);
        }
        rest = after;
    }
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '$')
}

fn known<'a>(words: &[&'a str], variables: &mut Vec<&'a str>) -> Result<(), String> {
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1).copied();
        let name = word.split('.').next().unwrap_or_default();
        if word.starts_with('$') {
            // `$name :=`, or the first of `$index, $name :=`.
            if matches!(next, Some(":" | ",")) {
                variables.push(word);
            } else if !variables.contains(&name) {
                return Err(format!("there is no variable {name}"));
            }
        } else if name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            let all = [FUNCTIONS, CONSTANTS, OPENING, OTHER_WORDS];
            if !all.iter().any(|known| known.contains(&name)) {
                return Err(format!("there is no function {name}"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prometheus_takes_is_taken() {
        for template in [
            "",
            "a } b }} c { d",
            "{{ $value | printf \"%.1f }}\" }} of {{ $labels.device }}",
            "{{- $value -}}{{/* {{ */}}{{- /* a */ -}}",
            "{{ with $labels.a -}} on {{ . }} {{- end }}{{-\n$value\t-}} x",
            "{{- if gt $value 5.0 }}{{- else -}}{{- end }}",
            "{{ with query \"up\" }}{{ . | first | value | humanize }}{{ else }}none{{ end }}",
            "{{ range $i, $s := query `up` }}{{ $s.Labels.job }}{{ $i }}{{ end }}",
            "{{ if gt $value 5.0 }}{{ (index $labels \"a\") | toUpper }}{{ end }}",
            "{{ $x := 1e3 }}{{ $x }}{{ 0x10 }}{{ 'a' }}{{ .Value }}{{ nil | print }}",
            "{{ externalURL }}{{ $externalLabels.region }}{{ reReplaceAll \"a\" \"b\" \"c\" }}",
        ] {
            assert_eq!(check(template), Ok(()), "{template}");
        }
    }

    #[test]
    fn what_prometheus_refuses_is_an_error() {
        for (template, message) in [
            ("{{ $value", "`{{` without `}}`"),
            ("{{ $value }", "has a '}' within"),
            ("{{ {{ $value }} }}", "has a '{' within"),
            ("{{}}", "has an empty"),
            ("{{ \"a }}", "has a string without an end"),
            ("{{/* a }}", "has a comment without an end"),
            ("{{ $value | humanise }}", "there is no function humanise"),
            ("{{ nosuch }}", "there is no function nosuch"),
            ("{{ labels.a }}", "there is no function labels"),
            ("{{ $lables.a }}", "there is no variable $lables"),
            ("{{ if $value }}a", "`{{ end }}` is missing"),
            ("{{ end }}", "`{{ end }}` ends nothing"),
            ("{{- end }}", "`{{ end }}` ends nothing"),
            ("{{- if $value -}}a", "`{{ end }}` is missing"),
            ("{{- -}}", "has an empty"),
        ] {
            let found = check(template).unwrap_err();
            assert!(found.contains(message), "{template}: {found}");
        }
    }
}
