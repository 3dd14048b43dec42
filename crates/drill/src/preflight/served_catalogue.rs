//! Whether the simulator serves the catalogue that is to be rehearsed.

use program::exit::ProgramError;
use simulator::{Source, catalogue::Catalogue, lint::CheckedCatalogue};

use super::Preflight;
use crate::observers::{servers::Servers, simulator::ServedCatalogue};

/// How many differences of two catalogues are listed.
const MAX_DIFFERENCES: usize = 3;
/// Two time scales that differ by less than this part are the same.
const SCALE_TOLERANCE: f64 = 1e-6;

/// The catalogue at the simulator's time scale.
///
/// # Errors
/// When the simulator serves another one, or at another time scale than the command line asks for.
pub(crate) fn load_served_catalogue(
    source: &Source,
    preflight: &Preflight,
    servers: &Servers,
) -> Result<CheckedCatalogue, ProgramError> {
    let (scale, simulator) = (preflight.served.time_scale, servers.simulator.address());
    let other_scale = source
        .time_scale
        .filter(|asked| (asked - scale).abs() > SCALE_TOLERANCE * scale);
    if let Some(asked) = other_scale {
        return Err(ProgramError::Failed(format!(
            "the simulator at {simulator} runs with --time-scale {scale}, this drill with {asked}: leave the drill's \
             flag out, or start the simulator with `mock-metrics serve{}`",
            catalogue_flags(source, asked)
        )));
    }
    let catalogue = source.catalogue_at(scale)?;
    match difference(&preflight.served, &catalogue) {
        None => Ok(catalogue),
        Some(difference) => Err(ProgramError::Failed(format!(
            "the simulator at {simulator} serves another catalogue ({difference}): start it with `mock-metrics serve{}`",
            catalogue_flags(source, scale)
        ))),
    }
}

/// The flags with which another command of `mock-metrics` has the same catalogue.
pub(crate) fn catalogue_flags(source: &Source, scale: f64) -> String {
    let mut flags = String::new();
    if let Some(file) = &source.catalogue {
        flags += &format!(" --catalogue {}", file.display());
    }
    if scale != 1.0 {
        flags += &format!(" --time-scale {scale}");
    }
    flags
}

/// In what the served catalogue differs from `catalogue`; `None` if it does not.
fn difference(served: &ServedCatalogue, catalogue: &Catalogue) -> Option<String> {
    let find = |name: &str| served.alerts.iter().find(|alert| alert.name == name);
    let changed = catalogue.alerts.iter();
    let changed = changed.filter_map(|alert| match find(&alert.name) {
        None => Some(format!("it has no {}", alert.name)),
        Some(served) => served.difference_from(alert),
    });
    let added = served.alerts.iter();
    let added = added.filter(|alert| catalogue.alert(&alert.name).is_none());
    let added = added.map(|alert| format!("it has {} too", alert.name));
    let all: Vec<String> = changed.chain(added).collect();
    let listed = all[..all.len().min(MAX_DIFFERENCES)].join("; ");
    match all.len() {
        0 => None,
        count if count > MAX_DIFFERENCES => {
            Some(format!("{listed}; and {} more", count - MAX_DIFFERENCES))
        }
        _ => Some(listed),
    }
}

#[cfg(test)]
mod tests {
    use alerting::format_duration;

    use super::*;
    use crate::observers::simulator::SimulatedAlert;

    fn served(catalogue: &Catalogue) -> ServedCatalogue {
        let alerts = catalogue.alerts.iter().map(|alert| SimulatedAlert {
            name: alert.name.clone(),
            expr: alert.expr.clone(),
            for_duration: format_duration(alert.for_duration),
            ..SimulatedAlert::default()
        });
        ServedCatalogue {
            time_scale: 1.0,
            alerts: alerts.collect(),
        }
    }

    #[test]
    fn another_catalogue_is_recognised_by_names_expressions_and_for() {
        let ours = CheckedCatalogue::load(None, 1.0).unwrap();
        let mut served = served(&ours);
        assert_eq!(difference(&served, &ours), None);
        served.alerts[0].for_duration = "2m".to_owned();
        served.alerts[1].name = "Other".to_owned();
        assert_eq!(
            difference(&served, &ours).unwrap(),
            "for of HighMemoryUsage is `2m` there, `1m` here; it has no MemoryLeakDetected; it has Other too"
        );
        served.alerts.clear();
        assert!(
            difference(&served, &ours)
                .unwrap()
                .ends_with("; and 24 more")
        );
    }
}
