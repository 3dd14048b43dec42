//! All series of one family: what an actor owns. Pure: time is an argument.

use std::{collections::BTreeMap, fmt, time::Duration};

use super::{
    calm::stream,
    change::Change,
    drive::Drive,
    exposition::{self, Kind},
    family::Family,
    levers::{LEVERS, Lever},
    moving::MOVING,
    pattern::Recovery,
    series::{Noise, Series},
    traffic::Traffic,
};

/// The metrics of a family, in the order of the exposition.
#[derive(Debug)]
pub struct Board {
    limit: usize,
    /// Up to when the series have moved.
    stepped: Duration,
    metrics: BTreeMap<&'static str, Metric>,
    traffic: Option<Traffic>,
}

#[derive(Debug)]
struct Metric {
    help: &'static str,
    /// By labels as they are exposed.
    series: BTreeMap<String, Series>,
}

/// A metric has as many series as `simulation.max_label_values` allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricFull {
    metric: &'static str,
    limit: usize,
}

impl fmt::Display for MetricFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { metric, limit } = self;
        write!(
            f,
            "{metric} has {limit} label values, the limit (simulation.max_label_values): use one of them"
        )
    }
}

impl std::error::Error for MetricFull {}

impl Board {
    /// The calm baseline. `limit` is the number of series that a metric may have, the baseline's included.
    pub fn new(family: Family, seed: u64, limit: usize) -> Self {
        let mut board = Self {
            limit,
            stepped: Duration::ZERO,
            metrics: BTreeMap::new(),
            traffic: (family == Family::Network).then(|| Traffic::new(seed)),
        };
        for lever in LEVERS.iter().filter(|lever| lever.family == family) {
            for (values, value) in lever.baseline() {
                let labels = lever.rendered(&values);
                board.add(lever.metric, lever.help, labels, when_told(lever, value));
            }
        }
        for moving in MOVING.iter().filter(|moving| moving.family == family) {
            let labels = exposition::labels(moving.labels.iter().copied());
            let stream = stream(moving.metric) ^ stream(&labels);
            let series = Series::new(moving.motion, Noise { seed, stream });
            board.add(moving.metric, moving.help, labels, series);
        }
        board
    }

    fn add(&mut self, metric: &'static str, help: &'static str, labels: String, series: Series) {
        let metric = self.metrics.entry(metric).or_insert_with(|| Metric {
            help,
            series: BTreeMap::new(),
        });
        metric.series.insert(labels, series);
    }

    /// Moves every series on to `now`, measured from the board's start.
    pub fn step(&mut self, now: Duration) {
        let before = self.stepped;
        for metric in self.metrics.values_mut() {
            for series in metric.series.values_mut() {
                series.step(before, now);
            }
        }
        if let Some(traffic) = &mut self.traffic {
            traffic.step(before, now);
        }
        self.stepped = now;
    }

    /// Does what a request asks and gives the value that the series has then.
    ///
    /// # Errors
    /// When this would be one series too many; nothing is changed.
    pub fn apply(
        &mut self,
        now: Duration,
        lever: &'static Lever,
        values: &[String],
        change: Change,
    ) -> Result<f64, MetricFull> {
        let labels = lever.rendered(values);
        self.admit(lever, &labels)?;
        if let Some(driven) = lever.drives
            && let Some(series) = self.series(driven.metric, &labels)
        {
            match change {
                Change::To(0.0) => series.recover(Recovery::AtOnce, now),
                _ => series.drive(
                    Drive {
                        pattern: driven.pattern,
                        hold: None,
                        recover: Recovery::AtOnce,
                    },
                    now,
                ),
            }
        }
        let series = self.series(lever.metric, &labels);
        let series = series.expect("the series has been admitted");
        series.apply(change);
        Ok(series.value())
    }

    /// Makes sure that the series exists.
    fn admit(&mut self, lever: &'static Lever, labels: &str) -> Result<(), MetricFull> {
        if self.series(lever.metric, labels).is_some() {
            return Ok(());
        }
        let metric = self.metrics.get(lever.metric);
        if metric.is_some_and(|metric| metric.series.len() >= self.limit) {
            return Err(MetricFull {
                metric: lever.metric,
                limit: self.limit,
            });
        }
        let labels = labels.to_owned();
        self.add(lever.metric, lever.help, labels, when_told(lever, 0.0));
        Ok(())
    }

    fn series(&mut self, metric: &str, labels: &str) -> Option<&mut Series> {
        self.metrics.get_mut(metric)?.series.get_mut(labels)
    }

    /// Appends all series as exposition text.
    pub fn write(&self, out: &mut String) {
        for (name, metric) in &self.metrics {
            exposition::header(out, name, metric.help, Kind::of(name));
            for (labels, series) in &metric.series {
                exposition::sample(out, name, labels, series.value());
            }
        }
        if let Some(traffic) = &self.traffic {
            traffic.write(out);
        }
    }
}

fn when_told(lever: &Lever, value: f64) -> Series {
    match Kind::of(lever.metric) {
        Kind::Counter => Series::tally(value),
        _ => Series::still(value),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::levers::find, *};

    const APP: &str = r#"{instance="mock-app-1",service="mock-service"}"#;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn value(board: &Board, series: &str) -> Option<f64> {
        let mut out = String::new();
        board.write(&mut out);
        let line = out.lines().find_map(|line| line.strip_prefix(series));
        line.map(|rest| rest.trim().parse().unwrap())
    }

    fn set(
        board: &mut Board,
        now: u64,
        path: &str,
        labels: &[&str],
        to: f64,
    ) -> Result<f64, MetricFull> {
        let labels: Vec<_> = labels.iter().map(|label| (*label).to_owned()).collect();
        board.apply(at(now), find(path).unwrap(), &labels, Change::To(to))
    }

    #[test]
    fn a_leak_grows_steadily_and_falls_back_when_ended() {
        let mut board = Board::new(Family::MemoryCpu, 1, 100);
        let memory = format!("memory_usage_bytes{APP}");
        board.step(at(5));
        let calm = value(&board, &memory).unwrap();
        set(&mut board, 5, "memory-leak", &[], 1.0).unwrap();
        board.step(at(6));
        let first = value(&board, &memory).unwrap();
        assert!((first - calm - 1_048_576.0).abs() < 1.0);
        board.step(at(305));
        let last = value(&board, &memory).unwrap();
        assert!((last - calm - 300.0 * 1_048_576.0).abs() < 1.0);
        assert_eq!(
            value(&board, &format!("mock_memory_leak_detected{APP}")),
            Some(1.0)
        );

        set(&mut board, 305, "memory-leak", &[], 0.0).unwrap();
        let after = value(&board, &memory).unwrap();
        assert!((240e6..272e6).contains(&after), "{after}");
    }

    #[test]
    fn a_cpu_spike_jumps_at_once_and_decays_back() {
        let mut board = Board::new(Family::MemoryCpu, 1, 100);
        let cpu = format!("mock_high_cpu_usage_percent{APP}");
        set(&mut board, 3, "cpu-spike", &[], 1.0).unwrap();
        assert_eq!(value(&board, &cpu), Some(97.0));
        board.step(at(123));
        assert_eq!(value(&board, &cpu), Some(64.5));
        board.step(at(1_204));
        assert_eq!(value(&board, &cpu), Some(32.0));
    }

    #[test]
    fn one_label_value_past_the_limit_is_refused_and_the_known_ones_still_work() {
        let mut board = Board::new(Family::Disk, 1, 3);
        set(&mut board, 0, "disk-usage", &["sdc"], 1.0).unwrap();
        let full = set(&mut board, 0, "disk-usage", &["sdd"], 1.0);
        assert!(
            full.unwrap_err()
                .to_string()
                .contains("mock_disk_usage_percent")
        );
        assert_eq!(
            value(&board, "mock_disk_usage_percent{device=\"sdd\""),
            None
        );
        assert_eq!(set(&mut board, 0, "disk-usage", &["sdc"], 2.0), Ok(2.0));
    }

    #[test]
    fn an_event_counts_one_and_time_does_not_change_it() {
        let mut board = Board::new(Family::Disk, 1, 100);
        let lever = find("disk-read-error").unwrap();
        for expected in [1.0, 2.0] {
            let labels = ["sda".to_owned()];
            assert_eq!(
                board.apply(at(1), lever, &labels, Change::Count),
                Ok(expected)
            );
            board.step(at(9));
        }
        assert_eq!(
            value(&board, "mock_disk_read_errors_total{device=\"sda\"}"),
            Some(2.0)
        );
    }

    #[test]
    fn counters_never_fall_and_the_same_seed_gives_the_same_values() {
        let run = || {
            let mut board = Board::new(Family::MemoryCpu, 9, 100);
            (1..500)
                .map(|s| {
                    board.step(at(s));
                    value(&board, &format!("cpu_usage_seconds_total{APP}")).unwrap()
                })
                .collect::<Vec<_>>()
        };
        let values = run();
        assert!(values.is_sorted() && values[498] > 50.0 && values[498] < 100.0);
        assert_eq!(values, run());
    }
}
