//! What a server says besides its answer: warnings, infos, that an answer is partial, why it refuses. All of it is bounded.

/// Warnings that are passed on of one answer, at most.
const MAX_WARNINGS: usize = 20;

/// All of it, in the order warnings, infos, `isPartial`; `lists` are the JSON of the first two.
pub(super) fn remarks<'j>(lists: impl Iterator<Item = &'j str>, is_partial: bool) -> Vec<String> {
    let mut remarks: Vec<_> = lists.flat_map(texts).collect();
    if is_partial {
        remarks.push("the answer is partial (isPartial)".to_owned());
    }
    let more = remarks.len().saturating_sub(MAX_WARNINGS);
    if more > 0 {
        remarks.truncate(MAX_WARNINGS);
        remarks.push(format!("and {more} more"));
    }
    remarks
}

/// The strings of a JSON array; of anything else, its own text, so that nothing is swallowed.
fn texts(json: &str) -> Vec<String> {
    let texts = match serde_json::from_str::<Option<Vec<String>>>(json) {
        Ok(texts) => texts.unwrap_or_default(),
        Err(_) => vec![json.to_owned()],
    };
    texts.into_iter().map(bounded).collect()
}

/// What is kept of a text that a server says, in bytes.
pub(super) const MAX_TEXT: usize = 1024;

/// The text, cut to [`MAX_TEXT`] bytes.
pub(super) fn bounded(mut text: String) -> String {
    if text.len() > MAX_TEXT {
        let end = (0..=MAX_TEXT).rev().find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or_default());
        text.push('…');
    }
    text
}
