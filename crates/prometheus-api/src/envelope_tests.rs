//! What an answer must be, and what is made of it.

use super::*;
use crate::{remarks::MAX_TEXT, rules::has_no_alerting_rules};

const GOOD: &str = r#"{"resultType":"vector","result":[]}"#;

fn outcome(body: impl Into<Bytes>, status: u16) -> Result<Bytes, &'static str> {
    let status = StatusCode::from_u16(status).unwrap();
    let opened = query_data(&body.into(), status);
    opened
        .map(|opened| opened.data)
        .map_err(|error| error.reason())
}

fn success(data: &str) -> String {
    format!(r#"{{"status":"success","data":{data}}}"#)
}

#[test]
fn data_is_a_slice_of_what_came() {
    let body = Bytes::from_static(
        br#"{"status":"success","data": {"result" : [ 1.0 ,"\u00e9"], "resultType":"scalar"} ,"warnings":[]}"#,
    );
    let data = outcome(body.clone(), 200).unwrap();
    assert_eq!(
        data,
        r#"{"result" : [ 1.0 ,"\u00e9"], "resultType":"scalar"}"#
    );
    assert!(body.as_ptr_range().contains(&data.as_ptr()), "not a copy");
}

#[test]
fn what_is_not_good_data_is_never_taken_for_it() {
    let refused = r#"{"status":"error","errorType":"x","error":"y","data":1}"#;
    let twice = format!(r#"{{"status":"success","data":{GOOD},"data":{GOOD}}}"#);
    for (body, status, reason) in [
        (refused, 400, "refused"),
        (refused, 200, "refused"),
        (&success(GOOD), 500, "status"),
        ("<html>bad gateway</html>", 502, "status"),
        ("", 302, "status"),
        ("<html>", 200, "malformed"),
        ("", 200, "unreachable"),
        (
            r#"{"status":"success","data":{"resultType""#,
            200,
            "unreachable",
        ),
        (r#"{"status":"success"}"#, 200, "malformed"),
        (&format!("{} x", success(GOOD)), 200, "malformed"),
        (&twice, 200, "malformed"),
        (&success(r#"{"a":}"#), 200, "malformed"),
        (&success("{}"), 200, "malformed"),
        (&success("null"), 200, "malformed"),
        (&success(r#"{"result":[]}"#), 200, "malformed"),
        (
            &success(r#"{"resultType":"vector","result":false}"#),
            200,
            "malformed",
        ),
        (
            &success(r#"{"resultType":"html","result":[]}"#),
            200,
            "malformed",
        ),
        (&success(r#"["vector",[]]"#), 200, "malformed"),
        (&success(r#"{"alerts":[]}"#), 200, "malformed"),
    ] {
        let found = outcome(body.to_owned(), status);
        assert_eq!(found, Err(reason), "{status} {body}");
    }
    assert_eq!(
        outcome(&b"{\"status\":\"success\",\"data\":\"\xFF\"}"[..], 200),
        Err("malformed")
    );
}

#[test]
fn alerts_are_an_object_with_an_array_and_stay_as_they_came() {
    let outcome = |data: &str| {
        let answer = alerts_data(&success(data).into(), StatusCode::OK);
        let answer = answer.map(|opened| opened.data);
        answer.map_err(|error| error.reason())
    };
    for good in [
        r#"{"alerts":[]}"#,
        r#"{"alerts":null}"#,
        r#"{ "groups":null,"alerts" : [{"value":"1e+00","x":"\u003cb"} ] }"#,
    ] {
        assert_eq!(outcome(good), Ok(good.into()));
    }
    let deep = format!(
        r#"{{"alerts":{}{}}}"#,
        "[".repeat(DEEPEST),
        "]".repeat(DEEPEST)
    );
    for bad in [
        "null",
        "[]",
        "[[]]",
        "{}",
        GOOD,
        r#"{"alerts":{}}"#,
        r#"{"alerts":"[]"}"#,
        r#"{"Alerts":[]}"#,
        r#"{"alerts":[],"alerts":[]}"#,
        &deep,
    ] {
        assert_eq!(outcome(bad), Err("malformed"), "{bad:.80}");
    }
    let refused = Bytes::from_static(br#"{"status":"error","errorType":"x","error":"y"}"#);
    let refused = alerts_data(&refused, StatusCode::NOT_FOUND).unwrap_err();
    assert_eq!(refused.reason(), "refused");
}

#[test]
fn nothing_is_forwarded_that_is_nested_without_end() {
    let nested = |levels: usize, leaf: &str| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        success(&format!(
            r#"{{"resultType":"vector","result":{open}{leaf}{close}}}"#
        ))
    };
    assert_eq!(outcome(nested(100_000, ""), 200), Err("malformed"));
    assert_eq!(outcome(nested(DEEPEST, ""), 200), Err("malformed"));
    assert!(outcome(nested(DEEPEST - 1, ""), 200).is_ok());
    let in_a_string = format!(r#""\\\"{}""#, "[".repeat(DEEPEST));
    assert!(outcome(nested(1, &in_a_string), 200).is_ok());
}

#[test]
fn null_stands_for_an_empty_list_and_stays_null() {
    let null = r#"{"resultType":"vector","result":null}"#;
    assert_eq!(outcome(success(null), 200), Ok(null.into()));
    for (alerts, none) in [("null", true), ("[ ]", true), ("[{}]", false)] {
        let data = format!(r#"{{"alerts":{alerts}}}"#);
        assert_eq!(has_no_alerts(data.as_bytes()), none, "{data}");
    }
    for (groups, none) in [
        ("null", true),
        ("[]", true),
        (r#"[{"name":"a","rules":null},{"rules":[]}]"#, true),
        (r#"[{"rules":[{"type":"alerting"}]}]"#, false),
        ("7", false),
    ] {
        let data = format!(r#"{{"groups":{groups}}}"#);
        assert_eq!(has_no_alerting_rules(data.as_bytes()), none, "{data}");
    }
}

#[test]
fn what_the_server_says_besides_is_kept_and_bounded() {
    let warnings = |besides: &str| {
        let body = format!(r#"{{"status":"success","data":{GOOD}{besides}}}"#);
        query_data(&body.into(), StatusCode::OK).unwrap().warnings
    };
    assert_eq!(warnings(""), [""; 0]);
    assert_eq!(
        warnings(r#","warnings":null,"infos":[],"isPartial":false"#),
        [""; 0]
    );
    assert_eq!(
        warnings(r#","infos":["i"],"warnings":["a","\u00e9"],"isPartial":true"#),
        ["a", "é", "i", "the answer is partial (isPartial)"]
    );
    assert_eq!(warnings(r#","warnings":{"odd":1}"#), [r#"{"odd":1}"#]);
    let long = format!(r#","warnings":["{}"]"#, "é".repeat(MAX_TEXT));
    assert_eq!(warnings(&long)[0].len(), MAX_TEXT + '…'.len_utf8());
    let many = format!(r#","warnings":[{}"x"]"#, r#""x","#.repeat(24));
    assert_eq!(warnings(&many).len(), 21);
    assert_eq!(warnings(&many).last().unwrap(), "and 5 more");
}

#[test]
fn the_text_of_a_refusal_is_bounded() {
    let refused = format!(
        r#"{{"status":"error","errorType":"execution","error":"{}"}}"#,
        "x".repeat(1 << 20)
    );
    let error = query_data(&refused.into(), StatusCode::BAD_REQUEST).unwrap_err();
    assert!(error.to_string().len() < MAX_TEXT + 100);
}
