//! What the table or view `incidents` is made of: which of its columns are there, may be read, and have a type that the
//! questions can be asked of. Read from PostgreSQL's catalogue, which everybody may read.

use diesel::{
    QueryResult, QueryableByName, sql_query,
    sql_types::{Array, Bool, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// The types that domains stand for are looked up to the last, since a cast to a domain would check its conditions.
const COLUMNS: &str = "
WITH RECURSIVE incidents_column (name, required, readable, type, kind, category, base) AS (
    SELECT attname, attnotnull, has_column_privilege(attrelid, attnum, 'SELECT'),
           atttypid, typtype, typcategory, typbasetype
    FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
    WHERE attrelid = to_regclass('incidents') AND attnum > 0 AND NOT attisdropped AND attname = ANY($1)
    UNION ALL
    SELECT name, required, readable, pg_type.oid, typtype, typcategory, typbasetype
    FROM incidents_column JOIN pg_type ON pg_type.oid = base
    WHERE kind = 'd'
)
SELECT name::text, required, readable, format_type(type, -1) AS type_name,
       kind = 'e' AS is_enum, category = 'S' AS is_text,
       ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = type) AS labels,
       current_setting('server_encoding') = 'SQL_ASCII' AS is_any_encoding
FROM incidents_column
WHERE kind <> 'd'";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    required: bool,
    #[diesel(sql_type = Bool)]
    readable: bool,
    #[diesel(sql_type = Text)]
    type_name: String,
    #[diesel(sql_type = Bool)]
    is_enum: bool,
    #[diesel(sql_type = Bool)]
    is_text: bool,
    #[diesel(sql_type = Array<Text>)]
    labels: Vec<String>,
    #[diesel(sql_type = Bool)]
    is_any_encoding: bool,
}

/// The eight columns that are read; `ack_token` and `resolve_token` are none of them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Columns {
    pub(super) id: Column,
    pub(super) title: Column,
    pub(super) severity: Column,
    pub(super) source: Column,
    pub(super) status: Column,
    pub(super) created_at: Column,
    pub(super) acknowledged_at: Column,
    pub(super) resolved_at: Column,
    /// The database takes text of any encoding: PostgreSQL neither knows nor converts it.
    is_any_encoding: bool,
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    /// Its name, which needs no quotes.
    pub(super) name: &'static str,
    /// Its type (a domain's base type) as SQL has it, quoted where need be.
    pub(super) type_name: String,
    /// What kind of type that is.
    pub(super) kind: Kind,
    /// It is never NULL.
    pub(super) required: bool,
}

/// What a column's type can do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Any text.
    Text,
    /// One of these words.
    Enum(Vec<String>),
    /// `smallint`, `integer` or `bigint`.
    Integer,
    /// `uuid`.
    Uuid,
    /// `timestamptz`, or `timestamp`, which is taken as UTC.
    Time,
}

impl Column {
    /// Whether a row's value can be this word: a comparison with a word that an enum has not would be an error.
    pub(super) fn can_be(&self, word: &str) -> bool {
        match &self.kind {
            Kind::Enum(labels) => labels.iter().any(|label| label == word),
            _ => true,
        }
    }

    /// Whether an id that a client handed back can be one of this column.
    pub(super) fn takes_id(&self, id: &str) -> bool {
        match self.kind {
            // PostgreSQL does not read the form of a URN.
            Kind::Uuid => !id.starts_with("urn:") && uuid::Uuid::parse_str(id).is_ok(),
            Kind::Integer => match self.type_name.as_str() {
                "smallint" => id.parse::<i16>().is_ok(),
                "integer" => id.parse::<i32>().is_ok(),
                _ => id.parse::<i64>().is_ok(),
            },
            _ => !id.contains('\0'),
        }
    }
}

impl Columns {
    /// The column as text, in SQL, as it can be answered.
    pub(super) fn text(&self, column: &Column) -> String {
        self.encoded(&format!("{}::text", column.name))
    }

    /// The first `characters` of [`Self::text`].
    pub(super) fn beginning(&self, column: &Column, characters: u32) -> String {
        self.encoded(&format!("left({}::text, {characters})", column.name))
    }

    fn encoded(&self, text: &str) -> String {
        if self.is_any_encoding {
            // PostgreSQL would refuse the whole answer for one byte that is not UTF-8; so it is sent as bytes.
            format!("convert_to({text}, 'SQL_ASCII')")
        } else {
            text.to_owned()
        }
    }
}

/// Looks the columns up.
///
/// # Errors
/// Those of the database, and [`diesel::result::Error::QueryBuilderError`] that names each column which is missing or
/// does not fit, and what it must be.
pub(super) async fn look_up(connection: &mut &AsyncPgConnection) -> QueryResult<Columns> {
    let names: Vec<_> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    let rows: Vec<Row> = sql_query(COLUMNS)
        .bind::<Array<Text>, _>(names)
        .load(connection)
        .await?;
    judge(&rows).map_err(|faults| diesel::result::Error::QueryBuilderError(faults.into()))
}

const NAMES: [&str; 8] = [
    "id",
    "title",
    "severity",
    "source",
    "status",
    "created_at",
    "acknowledged_at",
    "resolved_at",
];

fn judge(rows: &[Row]) -> Result<Columns, String> {
    let Some(first) = rows.first() else {
        let what = "there is no table or view \"incidents\" with the columns";
        return Err(format!("{what} {}", NAMES.join(", ")));
    };
    let mut faults = Vec::new();
    let mut column = |name: &'static str, allowed: &Allowed| {
        let judged = column(rows, name, allowed);
        judged.map_err(|fault| faults.push(format!("incidents.{name}: {fault}")))
    };
    let [
        id,
        title,
        severity,
        source,
        status,
        created,
        acknowledged,
        resolved,
    ] = NAMES;
    let columns = (
        column(id, &ID),
        column(title, &WORDS),
        column(severity, &WORDS),
        column(source, &WORDS),
        column(status, &WORDS),
        column(created, &TIME),
        column(acknowledged, &TIME),
        column(resolved, &TIME),
    );
    let (
        Ok(id),
        Ok(title),
        Ok(severity),
        Ok(source),
        Ok(status),
        Ok(created_at),
        Ok(acknowledged_at),
        Ok(resolved_at),
    ) = columns
    else {
        return Err(faults.join("; "));
    };
    Ok(Columns {
        id,
        title,
        severity,
        source,
        status,
        created_at,
        acknowledged_at,
        resolved_at,
        is_any_encoding: first.is_any_encoding,
    })
}

/// What a column may be, and that in words.
struct Allowed {
    kinds: fn(&Kind) -> bool,
    words: &'static str,
}

const ID: Allowed = Allowed {
    kinds: |kind| matches!(kind, Kind::Uuid | Kind::Integer | Kind::Text),
    words: "uuid, smallint, integer, bigint, text, varchar or char",
};
const WORDS: Allowed = Allowed {
    kinds: |kind| matches!(kind, Kind::Text | Kind::Enum(_)),
    words: "text, varchar, char or an enum",
};
const TIME: Allowed = Allowed {
    kinds: |kind| matches!(kind, Kind::Time),
    words: "timestamp with or without time zone",
};

fn column(rows: &[Row], name: &'static str, allowed: &Allowed) -> Result<Column, String> {
    let Some(row) = rows.iter().find(|row| row.name == name) else {
        return Err("there is no such column".to_owned());
    };
    if !row.readable {
        return Err("permission denied: this role may not read it".to_owned());
    }
    let kind = kind(row).filter(|kind| (allowed.kinds)(kind));
    let Some(kind) = kind else {
        return Err(format!(
            "must be {}, found {}",
            allowed.words, row.type_name
        ));
    };
    Ok(Column {
        name,
        type_name: row.type_name.clone(),
        kind,
        required: row.required,
    })
}

fn kind(row: &Row) -> Option<Kind> {
    if row.is_enum {
        return Some(Kind::Enum(row.labels.clone()));
    }
    if row.is_text {
        return Some(Kind::Text);
    }
    match row.type_name.as_str() {
        "smallint" | "integer" | "bigint" => Some(Kind::Integer),
        "uuid" => Some(Kind::Uuid),
        "timestamp with time zone" | "timestamp without time zone" => Some(Kind::Time),
        _ => None,
    }
}

#[cfg(test)]
#[path = "columns_tests.rs"]
pub(super) mod tests;
