//! Declares each setting once. A field with its documentation and default becomes a key of the settings file, a row of the
//! table in the docs, and a line of the commented defaults.

use std::fmt::Write;

use super::layers::Alias;

/// One key of a section.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name within the section.
    pub key: &'static str,
    /// The field's documentation, line by line.
    pub doc: &'static [&'static str],
    /// The default, in TOML.
    pub default: &'static str,
}

/// A table of the settings file.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// `server` for `[server]`.
    pub name: &'static str,
    /// Its documentation, line by line.
    pub doc: &'static [&'static str],
    /// Its keys in groups: its own, then those that it shares with other programs.
    pub settings: &'static [&'static [Setting]],
}

/// Declares a section: a struct for serde with a constant `SECTION`. Without a name, it has `SETTINGS`, which other sections
/// include.
///
/// ```
/// program::section! {
///     /// How the port is served.
///     pub struct Server = "server" {
///         /// Address to listen on.
///         pub host: String = "0.0.0.0",
///         /// 0 takes a free one.
///         pub port: u16 = 8005,
///     }
/// }
/// assert_eq!(Server::SECTION.settings[0][1].default, "8005");
/// ```
#[macro_export]
macro_rules! section {
    (
        $(#[doc = $about:literal])*
        pub struct $name:ident = $section:literal {
            $( $(#[doc = $doc:literal])* pub $field:ident: $type:ty = $default:tt, )*
            $( flatten $shared:ident: $shared_type:ty, )?
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, ::serde::Deserialize)]
        pub struct $name {
            $( $(#[doc = $doc])* pub $field: $type, )*
            $(
                /// The keys that the section shares with other programs.
                #[serde(flatten)]
                pub $shared: $shared_type,
            )?
        }

        impl $name {
            /// The section, as the file and the documentation have it.
            pub const SECTION: $crate::settings::section::Section =
                $crate::settings::section::Section {
                    name: $section,
                    doc: &[$($about),*],
                    settings: &[
                        &[$($crate::settings::section::Setting {
                            key: stringify!($field),
                            doc: &[$($doc),*],
                            default: stringify!($default),
                        }),*],
                        $(<$shared_type>::SETTINGS,)?
                    ],
                };
        }
    };
    (
        $(#[doc = $about:literal])*
        pub struct $name:ident {
            $( $(#[doc = $doc:literal])* pub $field:ident: $type:ty = $default:tt, )*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, Copy, PartialEq, ::serde::Deserialize)]
        pub struct $name {
            $( $(#[doc = $doc])* pub $field: $type, )*
        }

        impl $name {
            /// The keys, for the sections that have them.
            pub const SETTINGS: &'static [$crate::settings::section::Setting] =
                &[$($crate::settings::section::Setting {
                    key: stringify!($field),
                    doc: &[$($doc),*],
                    default: stringify!($default),
                }),*];
        }
    };
}

/// The commented defaults, as a settings file: `heading`, the sections, and `rest`.
pub fn to_toml(heading: &str, sections: &[Section], aliases: &[Alias], rest: &str) -> String {
    let mut out = heading.to_owned();
    for section in sections {
        out.push('\n');
        comment(&mut out, section.doc);
        line(&mut out, format_args!("[{}]", section.name));
        for setting in section.settings.iter().copied().flatten() {
            comment(&mut out, setting.doc);
            if let Some(variables) = variables(section, setting, aliases) {
                line(&mut out, format_args!("# Environment: {variables}."));
            }
            line(
                &mut out,
                format_args!("{} = {}", setting.key, setting.default),
            );
        }
    }
    out + rest
}

/// The settings as a table in Markdown, a heading per section.
pub fn to_markdown(sections: &[Section], aliases: &[Alias]) -> String {
    let mut out = String::new();
    for section in sections {
        line(&mut out, format_args!("\n## `[{}]`\n", section.name));
        if !section.doc.is_empty() {
            line(&mut out, format_args!("{}\n", joined(section.doc)));
        }
        line(&mut out, format_args!("| key | default | meaning |"));
        line(&mut out, format_args!("|---|---|---|"));
        for setting in section.settings.iter().copied().flatten() {
            let mut meaning = joined(setting.doc).replace('|', "\\|");
            if let Some(variables) = variables(section, setting, aliases) {
                write!(meaning, " Environment: {variables}.").expect("a string takes everything");
            }
            let (key, default) = (setting.key, setting.default);
            line(
                &mut out,
                format_args!("| `{key}` | `{default}` | {meaning} |"),
            );
        }
    }
    out
}

fn comment(out: &mut String, lines: &[&str]) {
    for text in lines {
        line(out, format_args!("#{text}"));
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(out, "{text}").expect("a string takes everything");
}

fn joined(lines: &[&str]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| line.trim()).collect();
    lines.join(" ")
}

/// The short variables of a setting.
fn variables(section: &Section, setting: &Setting, aliases: &[Alias]) -> Option<String> {
    let key = format!("{}.{}", section.name, setting.key);
    let aliases = aliases.iter().filter(|alias| alias.key == key);
    let names: Vec<_> = aliases
        .map(|alias| format!("`{}`", alias.variable))
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macro makes what other modules use")]
mod tests {
    use super::*;

    crate::section! {
        /// What is shared.
        pub struct Limits {
            /// At most so many.
            pub most: usize = 10,
        }
    }

    crate::section! {
        /// A port.
        pub struct Server = "server" {
            /// Where.
            /// Or there | elsewhere.
            pub host: String = "0.0.0.0",
            /// Who else.
            pub names: Vec<String> = ["a", "b"],
            flatten limits: Limits,
        }
    }

    const ALIASES: &[Alias] = &[Alias::plain("HOST", "server.host")];

    #[test]
    fn a_declared_section_is_a_file_that_is_read_as_the_section() {
        let text = to_toml("# All.\n", &[Server::SECTION], ALIASES, "");
        let expected = "# All.\n\n# A port.\n[server]\n# Where.\n# Or there | elsewhere.\n# Environment: `HOST`.\n\
                        host = \"0.0.0.0\"\n# Who else.\nnames = [\"a\", \"b\"]\n# At most so many.\nmost = 10\n";
        assert_eq!(text, expected);
        let read: toml::Table = text.parse().unwrap();
        let server: Server = read["server"].clone().try_into().unwrap();
        assert_eq!((server.host.as_str(), server.names.len()), ("0.0.0.0", 2));
        assert_eq!(server.limits.most, 10);
    }

    #[test]
    fn the_table_has_a_row_for_each_key() {
        let table = to_markdown(&[Server::SECTION], ALIASES);
        assert!(table.contains("## `[server]`"), "{table}");
        let row =
            "| `host` | `\"0.0.0.0\"` | Where. Or there \\| elsewhere. Environment: `HOST`. |";
        assert!(table.contains(row), "{table}");
        assert!(table.contains("| `most` | `10` | At most so many. |"));
    }
}
