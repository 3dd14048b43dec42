//! The requests of the simulated application: `http_requests_total` and the histogram `request_duration_seconds`,
//! made of the same requests, so that their counts agree.

use std::time::Duration;

use alerting::Labels;
use prometheus_api::exposition::{metric_type::MetricType, write};

use super::baseline::{Baseline, noise, stream};

/// The counter of requests.
pub const REQUESTS: &str = "http_requests_total";
/// The histogram of their durations.
pub const DURATIONS: &str = "request_duration_seconds";

/// Upper bounds of the buckets, in seconds; `+Inf` follows.
const BOUNDS: [f64; 4] = [0.1, 0.2, 0.5, 1.0];

/// Method, status code, and the share of requests up to and with this row.
const OUTCOMES: [(&str, &str, f64); 4] = [
    ("GET", "200", 0.80),
    ("POST", "201", 0.975),
    ("GET", "404", 0.995),
    ("POST", "500", 1.0),
];

/// Service, requests per second, shortest duration in seconds.
const SERVICES: [(&str, f64, f64); 3] = [
    ("api", 12.0, 0.03),
    ("auth", 5.0, 0.02),
    ("payment", 2.0, 0.05),
];

/// All requests so far.
#[derive(Debug)]
pub struct Traffic {
    seed: u64,
    services: Vec<Service>,
}

#[derive(Debug)]
struct Service {
    name: &'static str,
    rate: Baseline,
    shortest: f64,
    /// The fraction of the next request.
    fraction: f64,
    outcomes: [u64; OUTCOMES.len()],
    /// Not cumulative. The last bucket is `+Inf`.
    buckets: [u64; BOUNDS.len() + 1],
    seconds: f64,
}

impl Traffic {
    /// No requests yet.
    pub fn new(seed: u64) -> Self {
        let service = |(name, mean, shortest)| Service {
            name,
            rate: Baseline::Wave {
                mean,
                swing: mean * 0.3,
                period: 900.0,
                noise: mean * 0.1,
            },
            shortest,
            fraction: 0.0,
            outcomes: [0; OUTCOMES.len()],
            buckets: [0; BOUNDS.len() + 1],
            seconds: 0.0,
        };
        Self {
            seed,
            services: SERVICES.map(service).into(),
        }
    }

    /// Makes the requests that fall between `before` and `now`.
    pub fn step(&mut self, before: Duration, now: Duration) {
        let elapsed = now.saturating_sub(before).as_secs_f64();
        for service in &mut self.services {
            service.step(self.seed, now, elapsed);
        }
    }

    /// Appends the histogram of durations.
    pub fn write_durations(&self, out: &mut String) {
        let help = "Time in which the simulated application answers.";
        write::header(out, DURATIONS, help, MetricType::Histogram);
        for service in &self.services {
            service.write_durations(out, DURATIONS);
        }
    }

    /// Appends the counter of requests. More series of its name may follow.
    pub fn write_requests(&self, out: &mut String) {
        let help = "Requests answered by the simulated application.";
        write::header(out, REQUESTS, help, MetricType::Counter);
        for service in &self.services {
            service.write_requests(out, REQUESTS);
        }
    }
}

/// Whether the simulated requests are counted in the series of [`REQUESTS`] with these labels.
pub fn counts_in(labels: &Labels) -> bool {
    let is = |name: &str, value: &str| labels.get(name).is_some_and(|found| found == value);
    labels.len() == 3
        && SERVICES.iter().any(|(name, ..)| is("service", name))
        && OUTCOMES
            .iter()
            .any(|(method, status, _)| is("method", method) && is("status_code", status))
}

impl Service {
    fn step(&mut self, seed: u64, now: Duration, elapsed: f64) {
        let drawn = noise(seed, stream(self.name), now.as_secs());
        self.fraction += self.rate.at(now, drawn) * elapsed;
        while self.fraction >= 1.0 {
            self.fraction -= 1.0;
            self.request(seed);
        }
    }

    /// One request. Its number determines its outcome and its duration.
    fn request(&mut self, seed: u64) {
        let number = self.count();
        let draw = |what: &str| (noise(seed, stream(self.name) ^ stream(what), number) + 1.0) / 2.0;

        let share = draw("outcome");
        let outcome = OUTCOMES.iter().position(|(_, _, up_to)| share < *up_to);
        // A Pareto tail, as latencies have: one request in 20 takes six times the shortest, one in 200 takes 24 times.
        let seconds = (self.shortest * (1.0 - draw("duration")).powf(-0.6)).min(5.0);
        let bucket = BOUNDS.iter().position(|bound| seconds <= *bound);

        self.outcomes[outcome.unwrap_or(OUTCOMES.len() - 1)] += 1;
        self.buckets[bucket.unwrap_or(BOUNDS.len())] += 1;
        self.seconds += seconds;
    }

    fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    fn write_requests(&self, out: &mut String, name: &str) {
        for ((method, status, _), count) in OUTCOMES.iter().zip(self.outcomes) {
            let labels = [
                ("service", self.name),
                ("method", method),
                ("status_code", status),
            ];
            write::sample(out, name, &write::labels(labels), count as f64);
        }
    }

    fn write_durations(&self, out: &mut String, name: &str) {
        let bounds = BOUNDS.map(|bound| bound.to_string());
        let bounds = bounds.iter().map(String::as_str).chain(["+Inf"]);
        let mut cumulative = 0;
        for (bound, count) in bounds.zip(self.buckets) {
            cumulative += count;
            let labels = write::labels([("service", self.name), ("le", bound)]);
            write::sample(out, &format!("{name}_bucket"), &labels, cumulative as f64);
        }
        let labels = write::labels([("service", self.name)]);
        write::sample(out, &format!("{name}_sum"), &labels, self.seconds);
        write::sample(out, &format!("{name}_count"), &labels, cumulative as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(seconds: &[f64]) -> Traffic {
        let mut traffic = Traffic::new(1);
        let times = seconds.iter().map(|s| Duration::from_secs_f64(*s));
        times.fold(Duration::ZERO, |before, now| {
            traffic.step(before, now);
            now
        });
        traffic
    }

    #[test]
    fn requests_and_durations_count_the_same_requests() {
        for service in after(&[60.0, 61.0, 600.0]).services {
            assert!(service.count() > 0);
            assert_eq!(service.outcomes.iter().sum::<u64>(), service.count());
            assert!(service.seconds >= service.count() as f64 * service.shortest);
        }
    }

    #[test]
    fn undisturbed_traffic_sets_off_no_alert() {
        let traffic = after(&(1..=3_600).map(f64::from).collect::<Vec<_>>());
        for service in traffic.services {
            let count = service.count() as f64;
            let slow = service.buckets[BOUNDS.len()] as f64;
            let failed = service.outcomes[OUTCOMES.len() - 1] as f64;
            assert!(slow / count < 0.02, "{}: {slow} of {count}", service.name);
            assert!(
                failed / count < 0.02,
                "{}: {failed} of {count}",
                service.name
            );
        }
    }

    #[test]
    fn many_short_steps_lose_no_requests() {
        let tenths: Vec<_> = (1..=600).map(|tenth| f64::from(tenth) / 10.0).collect();
        for service in after(&tenths).services {
            let expected = 60.0 * SERVICES.iter().find(|row| row.0 == service.name).unwrap().1;
            let ratio = service.count() as f64 / expected;
            assert!((0.6..1.4).contains(&ratio), "{}: {ratio}", service.name);
        }
    }

    #[test]
    fn buckets_are_cumulative_and_end_in_the_count() {
        let mut out = String::new();
        after(&[300.0]).write_durations(&mut out);
        let of_api: Vec<f64> = out
            .lines()
            .filter(|line| line.starts_with("request_duration_seconds_bucket{service=\"api\""))
            .map(|line| line.rsplit(' ').next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(of_api.len(), 5);
        assert!(of_api.is_sorted());
        let count = format!(
            "request_duration_seconds_count{{service=\"api\"}} {}\n",
            of_api[4]
        );
        assert!(out.contains(&count), "{out}");
    }
}
