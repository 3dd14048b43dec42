//! Rules that make no sense, and how that is told.

use super::Catalogue;

fn faults(text: &str) -> Vec<String> {
    match Catalogue::parse("mine.toml", text, 1.0) {
        Ok(_) => Vec::new(),
        Err(error) => error.faults().to_vec(),
    }
}

#[test]
fn an_expression_that_is_none_is_told_as_such_with_or_without_the_metric() {
    for metric in ["", "metric = \"room\"\n"] {
        let text = format!("[[alert]]\nname = \"A\"\nexpr = \"room <\"\ntrigger = 2\n{metric}");
        let found = faults(&text);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with("alert A: expr: is not PromQL: "),
            "{found:?}"
        );
    }
    let text = "[[alert]]\nname = \"A\"\nexpr = \"room < {threshold}\"\ntrigger = 2\n";
    let missing = "alert A: threshold: is missing: expr holds {threshold}";
    assert_eq!(faults(text), [missing]);
}
