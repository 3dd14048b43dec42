//! Which columns fit, and which ids fit them.

use super::*;

fn row(name: &str, type_name: &str, is_text: bool) -> Row {
    Row {
        name: name.to_owned(),
        required: true,
        readable: true,
        type_name: type_name.to_owned(),
        is_enum: false,
        is_text,
        labels: Vec::new(),
        is_any_encoding: false,
    }
}

fn rows() -> Vec<Row> {
    let rows = NAMES.map(|name| match name {
        "id" => row(name, "uuid", false),
        _ if name.ends_with("_at") => row(name, "timestamp with time zone", false),
        _ => row(name, "character varying", true),
    });
    rows.into()
}

pub(in crate::incidents::queries) fn columns() -> Columns {
    judge(&rows()).unwrap()
}

#[test]
fn every_column_that_does_not_fit_is_named_with_what_it_must_be() {
    let mut rows = rows();
    rows[0].type_name = "bytea".to_owned();
    rows[1].readable = false;
    rows[4] = row("status", "integer", false);
    rows.pop();
    assert_eq!(
        judge(&rows).unwrap_err(),
        "incidents.id: must be uuid, smallint, integer, bigint, text, varchar or char, found bytea; \
         incidents.title: permission denied: this role may not read it; \
         incidents.status: must be text, varchar, char or an enum, found integer; \
         incidents.resolved_at: there is no such column"
    );
    assert!(judge(&[]).unwrap_err().contains("no table or view"));
}

#[test]
fn an_id_that_the_column_cannot_have_is_refused_here_and_not_by_the_database() {
    let column = |kind, type_name: &str| Column {
        name: "id",
        type_name: type_name.to_owned(),
        kind,
        required: true,
    };
    let uuid = uuid::Uuid::nil().to_string();
    for (kind, type_name, good, bad) in [
        (Kind::Uuid, "uuid", uuid.as_str(), "7"),
        (Kind::Integer, "bigint", "-9223372036854775808", "x"),
        (Kind::Integer, "integer", "7", "2147483648"),
        (Kind::Integer, "smallint", "7", "32768"),
        (Kind::Text, "text", "anything", "a\0b"),
    ] {
        let column = column(kind, type_name);
        assert!(column.takes_id(good), "{column:?}");
        assert!(!column.takes_id(bad), "{column:?}");
    }
}
