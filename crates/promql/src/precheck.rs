//! Checks before parsing: texts that Prometheus 2 refuses or on which the parser panics.

/// The limit of tokens. Each may be a level of nesting, and trees are walked by recursion.
const MAX_TOKENS: usize = 1_000;
const QUOTES: [char; 3] = ['"', '\'', '`'];
/// The operators of two characters.
const OPERATORS: [&str; 6] = ["==", "!=", "=~", "!~", ">=", "<="];

/// Refuses `text` that is too long, or has a duration without a unit (`[5]`, `offset inf`).
pub(super) fn check(text: &str) -> Result<(), String> {
    let words = words(text);
    if words.len() > MAX_TOKENS {
        return Err(format!("has more than {MAX_TOKENS} words and operators"));
    }
    let rests = || (1..=words.len()).map(|next| words.split_at(next));
    let after = |word: &'static str| {
        let is_after =
            move |before: &[&str]| before.last().is_some_and(|w| w.eq_ignore_ascii_case(word));
        rests().filter_map(move |(before, rest)| is_after(before).then_some(rest))
    };
    let offsets = after("offset").filter_map(|rest| rest.iter().find(|w| !is_sign(w)));
    let windows = after("[").flat_map(|rest| rest.iter().take_while(|w| **w != "]"));
    let parts = windows.flat_map(|word| word.split(':'));
    match offsets.copied().chain(parts).find(|w| is_number(w)) {
        Some(number) => Err(format!("has a duration without a unit: {number}")),
        None => Ok(()),
    }
}

/// The words and operators of `text`, without spaces, comments and strings.
fn words(text: &str) -> Vec<&str> {
    let words = tokens(text).into_iter().map(|(_, word)| word);
    words.filter(|word| !word.starts_with(QUOTES)).collect()
}

/// The words, operators and strings of `text` with their byte offsets, without spaces and comments.
pub(super) fn tokens(text: &str) -> Vec<(usize, &str)> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            quote if QUOTES.contains(&quote) => quoted_len(rest, quote).unwrap_or(rest.len()),
            _ if OPERATORS.iter().any(|sign| rest.starts_with(sign)) => 2,
            _ => rest.find(|c| !in_word(c)).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length.max(first.len_utf8()));
        if first != '#' {
            tokens.push((text.len() - rest.len(), token));
        }
        rest = after.trim_start();
    }
    tokens
}

/// The length in bytes of the string literal at the start of `text`, with its quotes, by Go's rules. `None` if it is not
/// terminated.
pub fn quoted_len(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|&(_, c)| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped && quote != '`';
        ends
    });
    end.map(|(at, _)| at + 1)
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | ':' | '.')
}

fn is_sign(word: &str) -> bool {
    matches!(word, "+" | "-")
}

fn is_number(word: &str) -> bool {
    word.parse::<f64>().is_ok() || word.to_ascii_lowercase().starts_with("0x")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_without_a_unit_is_refused() {
        for (text, number) in [
            ("rate(m[5])", "5"),
            ("rate(m[ 0x5d ])", "0x5d"),
            ("m offset inf", "inf"),
            ("m OFFSET - 1e300", "1e300"),
            ("max_over_time(m[1h:60])", "60"),
            ("max_over_time(m[.5:])", ".5"),
        ] {
            let why = format!("has a duration without a unit: {number}");
            assert_eq!(check(text), Err(why), "{text}");
        }
    }

    #[test]
    fn durations_strings_and_comments_are_left_alone() {
        for text in [
            "rate(m[5m]) > 5",
            "rate(m[ 1h30m ] offset -5m) * 60",
            "max_over_time(m[1h:])",
            "max_over_time(m[1h:1m] offset 1w)",
            "m{a=\"[5]\", b='\\'[6]', c=`\\`, d=\"\\\\\"} > 7",
            "m > 1 # offset 5\n and m < 2",
            "job:offset:rate5m > 5",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_is_nested_too_deeply_to_be_walked_is_refused() {
        let nested = |depth| format!("{}m{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(check(&nested(499)), Ok(()));
        assert!(check(&nested(500)).is_err());
        assert!(check(&"-".repeat(100_000)).is_err());
    }
}
