//! The section `[log]`, the same in every program.

use env_filter::Filter;
use log::LevelFilter;

use super::validator::Validator;

crate::section! {
    /// The log, on stderr.
    pub struct LogSettings = "log" {
        /// What is logged: a level, or levels by module, such as `service_metrics=debug,warn`.
        pub filter: String = "info",
        /// `text` or `json`.
        pub format: String = "text",
    }
}

/// The levels of the `log` crate.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
/// Names of levels in other programs.
const ALIASES: [(&str, &str); 9] = [
    ("none", "off"),
    ("fatal", "error"),
    ("critical", "error"),
    ("err", "error"),
    ("warning", "warn"),
    ("notice", "info"),
    ("information", "info"),
    ("verbose", "debug"),
    ("all", "trace"),
];
/// The target of all records of our crates begins with this name.
pub(crate) const TARGET_ROOT: &str = "service_metrics";

impl LogSettings {
    /// Checks the section, and replaces aliases of levels by the names of the `log` crate.
    pub fn check(&mut self, validator: &mut Validator) {
        self.filter = replace_aliases(&self.filter);
        match self.parse_filter() {
            Ok(_) => self.check_not_silent(validator),
            Err(error) => validator.reject("log.filter", error),
        }
        let known = matches!(self.format.as_str(), "text" | "json");
        validator.require(
            known,
            "log.format",
            format_args!("must be text or json, found {:?}", self.format),
        );
    }

    /// Parses the filter.
    ///
    /// # Errors
    /// If it is malformed, which [`Self::check`] reports.
    pub fn parse_filter(&self) -> Result<Filter, String> {
        let mut filter = env_filter::Builder::new();
        // It logs each malformed request of a client as an error.
        filter.filter_module("actix_http::h1::dispatcher", LevelFilter::Off);
        match filter.try_parse(&self.filter) {
            Ok(filter) => Ok(filter.build()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Refuses a filter that logs nothing by mistake: a word that is no level is the name of a module.
    fn check_not_silent(&self, validator: &mut Validator) {
        let mut names = Vec::new();
        for directive in directives(&self.filter) {
            let (target, level) = match directive.split_once('=') {
                Some((target, _)) => (target, None),
                None => (directive, level(directive)),
            };
            if level.is_some() || is_ours(target) {
                return;
            }
            names.push(target);
        }
        let must = format_args!(
            "{:?} is no level and no module of {TARGET_ROOT}, so that nothing would be logged; levels are {}",
            names.join(","),
            LEVELS.join(", ")
        );
        validator.require(names.is_empty(), "log.filter", must);
    }
}

/// The parts of a filter, without the text after a slash, which lines are searched for.
fn directives(filter: &str) -> impl Iterator<Item = &str> {
    let filter = filter.split('/').next().unwrap_or_default();
    let directives = filter.split(',').map(str::trim);
    directives.filter(|directive| !directive.is_empty())
}

fn level(word: &str) -> Option<&'static str> {
    let known = |level: &&str| level.eq_ignore_ascii_case(word);
    LEVELS.into_iter().find(known)
}

fn is_ours(target: &str) -> bool {
    let rest = target.strip_prefix(TARGET_ROOT);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// `filter` with the aliases of levels replaced by the names of the `log` crate.
fn replace_aliases(filter: &str) -> String {
    let (levels, search) = match filter.split_once('/') {
        Some((levels, search)) => (levels, format!("/{search}")),
        None => (filter, String::new()),
    };
    let translated = levels.split(',').map(|directive| {
        let (target, word) = match directive.rsplit_once('=') {
            Some((target, word)) => (format!("{}=", target.trim()), word.trim()),
            None => (String::new(), directive.trim()),
        };
        let alias = |(alias, _): &&(&str, &str)| alias.eq_ignore_ascii_case(word);
        let word = ALIASES.iter().find(alias).map_or(word, |(_, level)| level);
        target + word
    });
    translated.collect::<Vec<_>>().join(",") + &search
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(filter: &str) -> Result<String, String> {
        let (filter, format) = (filter.to_owned(), "text".to_owned());
        let (mut log, mut validator) = (LogSettings { filter, format }, Validator::default());
        log.check(&mut validator);
        let checked = validator.finish(log.filter);
        checked.map_err(|error| error.to_string())
    }

    #[test]
    fn levels_have_the_names_of_other_programs_too() {
        for (filter, read) in [
            ("info", "info"),
            ("WARN", "WARN"),
            ("warning", "warn"),
            ("Warning", "warn"),
            (" fatal ", "error"),
            ("none", "off"),
            (
                "warning,service_metrics::gateway = verbose",
                "warn,service_metrics::gateway=debug",
            ),
            ("warning/took, longer", "warn/took, longer"),
            ("service_metrics", "service_metrics"),
            ("off,actix_server=debug", "off,actix_server=debug"),
            ("actix_server=debug,info", "actix_server=debug,info"),
        ] {
            assert_eq!(check(filter).as_deref(), Ok(read), "{filter:?}");
        }
    }

    #[test]
    fn a_filter_that_silences_everything_by_mistake_is_refused() {
        for filter in [
            "inof",
            "wran",
            "service-metrics=debug",
            "service_metric",
            "service_metricsx=info",
            "mock_metrics",
            "gateway=debug,tokio_postgres",
            "service_metrics=wran",
            "=info",
        ] {
            let message = check(filter).unwrap_err();
            assert!(message.starts_with("log.filter: "), "{filter:?}: {message}");
            assert_eq!(message.lines().count(), 1, "{message}");
        }
    }
}
