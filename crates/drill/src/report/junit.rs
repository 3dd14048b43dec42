//! The report as JUnit XML, as continuous integration reads it: a test suite per family, a test case per alert.

use super::{Report, title};
use crate::{recorder::record::Record, stages::Stage};

/// The report as a document.
pub(super) fn write(report: &Report) -> String {
    let mut document = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    document += &format!(
        "<testsuites name=\"drill\" tests=\"{}\" failures=\"{}\" time=\"{:.3}\">\n",
        report.records.len(),
        failures(report.records.iter()),
        report.seconds()
    );
    for (family, records) in report.families() {
        document += &format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" time=\"{:.3}\" timestamp=\"{}\">\n",
            escape(family),
            records.len(),
            failures(records.iter().copied()),
            records
                .iter()
                .map(|record| seconds(record))
                .fold(0.0, f64::max),
            report.started.format("%Y-%m-%dT%H:%M:%S"),
        );
        document.extend(records.into_iter().map(|record| case(family, record)));
        document += "  </testsuite>\n";
    }
    document += "</testsuites>\n";
    document
}

fn case(family: &str, record: &Record) -> String {
    let mut case = format!(
        "    <testcase name=\"{}\" classname=\"{}\" time=\"{:.3}\">\n",
        escape(&title(record)),
        escape(family),
        seconds(record)
    );
    case += &properties(record);
    if let Some((stage, why)) = record.failure() {
        let why = escape(why);
        case += &format!(
            "      <failure type=\"{stage}\" message=\"at {stage}: {why}\">{why}</failure>\n"
        );
    }
    if !record.warnings.is_empty() {
        case += &format!(
            "      <system-out>{}</system-out>\n",
            escape(&record.warnings.join("\n"))
        );
    }
    case += "    </testcase>\n";
    case
}

fn properties(record: &Record) -> String {
    let mut properties = String::new();
    let mut property = |name: &str, value: &str| {
        let value = escape(value);
        properties += &format!("        <property name=\"{name}\" value=\"{value}\"/>\n");
    };
    property("verdict", record.verdict().name());
    // Stages before the trigger have no time since it.
    let timed = record
        .reached
        .iter()
        .filter(|reached| reached.stage >= Stage::Trigger);
    for reached in timed {
        property(
            &format!("{}_seconds", reached.stage),
            &format!("{:.3}", reached.seconds),
        );
        if let Some(budget) = reached.budget {
            property(
                &format!("{}_theory_seconds", reached.stage),
                &format!("{budget:.3}"),
            );
        }
    }
    format!("      <properties>\n{properties}      </properties>\n")
}

fn failures<'a>(records: impl Iterator<Item = &'a Record>) -> usize {
    records.filter(|record| record.failure().is_some()).count()
}

/// From the trigger to the last stage.
fn seconds(record: &Record) -> f64 {
    record
        .reached
        .last()
        .map_or(0.0, |last| last.seconds.max(0.0))
}

/// A text as content or as an attribute. A character that XML cannot contain (XML 1.0 §2.2) becomes a replacement character.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&apos;",
            '\n' => escaped += "&#10;",
            '\t' => escaped += "&#9;",
            '\r' => escaped += "&#13;",
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::tests::report;
    use super::*;

    /// Reads tags and the texts between them as strictly as the standard, for documents of this simple form.
    fn well_formed(document: &str) -> Result<usize, String> {
        let mut open = Vec::new();
        let mut elements = 0;
        let (_, mut rest) = document.split_once("?>\n").ok_or("no declaration")?;
        while let Some((text, tag)) = rest.split_once('<') {
            if text.contains('>') || bare(text) {
                return Err(format!("text {text:?}"));
            }
            let (tag, after) = tag.split_once('>').ok_or("an open tag")?;
            let name = tag.split([' ', '/']).next().unwrap_or_default();
            if let Some(closed) = tag.strip_prefix('/') {
                if open.pop() != Some(closed) {
                    return Err(format!("closed {closed}"));
                }
            } else {
                elements += 1;
                if tag.matches('"').count() % 2 == 1 || bare(tag) {
                    return Err(format!("tag {tag:?}"));
                }
                if !tag.ends_with('/') {
                    open.push(name);
                }
            }
            rest = after;
        }
        if open.is_empty() {
            Ok(elements)
        } else {
            Err(format!("left open: {open:?}"))
        }
    }

    /// A `&` that begins no entity, or a character that XML cannot hold.
    fn bare(text: &str) -> bool {
        let entities = [
            "amp;", "lt;", "gt;", "quot;", "apos;", "#10;", "#9;", "#13;",
        ];
        let mut parts = text.split('&').skip(1);
        let bad = |c: char| c < ' ' && c != '\n';
        parts.any(|part| !entities.iter().any(|entity| part.starts_with(entity)))
            || text.contains(bad)
    }

    #[test]
    fn what_comes_before_the_trigger_has_no_time() {
        let mut report = report();
        let reached = &mut report.records[0].reached;
        let mut rule = reached[0].clone();
        (rule.stage, rule.seconds) = (Stage::Rule, -0.013);
        reached.insert(0, rule);
        let document = write(&report);
        assert!(
            !document.contains("rule_seconds") && !document.contains("\"-"),
            "{document}"
        );
        assert!(
            document.contains("trigger_seconds\" value=\"0.000\""),
            "{document}"
        );
    }

    #[test]
    fn the_document_is_well_formed_whatever_the_texts_hold() {
        let document = write(&report());
        assert_eq!(
            well_formed(&document),
            Ok(1 + 2 + 2 + 2 + 8 + 1 + 1),
            "{document}"
        );
        assert!(
            document.contains("type=\"pending\" message=\"at pending: expr is"),
            "{document}"
        );
        assert!(
            document.contains("<testsuite name=\"a&amp;b\" tests=\"1\" failures=\"1\""),
            "{document}"
        );
        assert!(
            well_formed("<?x?>\n<a b=\"&\"/>").is_err()
                && well_formed("<?x?>\n<a><b></a>").is_err()
        );
    }
}
