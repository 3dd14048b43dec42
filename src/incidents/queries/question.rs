//! SQL text and its parameters, put together piece by piece: what the columns are like is known only at run time.

use diesel::{
    pg::{Pg, data_types::PgTimestamp},
    query_builder::{BoxedSqlQuery, SqlQuery},
    sql_query,
    sql_types::{Text, Timestamptz},
};

use super::columns::Column;

/// The parameters of a question so far.
#[derive(Debug, Default)]
pub(super) struct Parameters(Vec<Parameter>);

#[derive(Debug)]
enum Parameter {
    Text(String),
    Time(PgTimestamp),
}

impl Parameters {
    /// A text, as a value of the column's type.
    pub(super) fn text(&mut self, value: &str, column: &Column) -> String {
        self.push(Parameter::Text(value.to_owned()), column)
    }

    /// A time, as a value of the column's type.
    pub(super) fn time(&mut self, value: PgTimestamp, column: &Column) -> String {
        self.push(Parameter::Time(value), column)
    }

    fn push(&mut self, parameter: Parameter, column: &Column) -> String {
        self.0.push(parameter);
        format!("CAST(${} AS {})", self.0.len(), column.type_name)
    }

    /// The question, with these as `$1`, `$2`, ….
    pub(super) fn ask(self, sql: String) -> BoxedSqlQuery<'static, Pg, SqlQuery> {
        let question = sql_query(sql).into_boxed();
        self.0
            .into_iter()
            .fold(question, |question, parameter| match parameter {
                Parameter::Text(text) => question.bind::<Text, _>(text),
                Parameter::Time(time) => question.bind::<Timestamptz, _>(time),
            })
    }
}
