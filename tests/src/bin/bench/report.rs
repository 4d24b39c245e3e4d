//! The table: what was measured, its limit in the same run, the target of the design, and whether it is met.

use std::fmt;

use crate::workload::{Figure, KIB, Visit, Work};

/// One line.
pub(crate) struct Row {
    work: String,
    measured: String,
    limit: String,
    ratio: String,
    target: String,
    /// Nothing where the design sets no target.
    met: Option<bool>,
}

impl Row {
    /// What was measured, without a limit or a target yet.
    pub(crate) fn new(work: impl Into<String>, measured: impl Into<String>) -> Self {
        let (limit, ratio, target) = Default::default();
        Self { work: work.into(), measured: measured.into(), limit, ratio, target, met: None }
    }

    /// With its limit in the same run.
    pub(crate) fn beside(self, limit: impl Into<String>, ratio: impl Into<String>) -> Self {
        Self { limit: limit.into(), ratio: ratio.into(), ..self }
    }

    /// With the target of the design.
    pub(crate) fn target(self, target: &str, met: bool) -> Self {
        Self { target: target.to_owned(), met: Some(met), ..self }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.met {
            Some(true) => "met",
            Some(false) => "**short**",
            None => "",
        };
        let Self { work, measured, limit, ratio, target, .. } = self;
        write!(f, "| {work} | {measured} | {limit} | {ratio} | {target} | {verdict} |")
    }
}

/// A round: limit, relay, relay, limit.
pub(crate) struct Round {
    pub(crate) relay: [Visit; 2],
    pub(crate) limit: [Visit; 2],
}

/// The relay's workloads over all rounds.
pub(crate) fn relay_rows(rounds: &[Round]) -> Vec<Row> {
    let works: Vec<Work> =
        rounds.iter().take(1).flat_map(|round| &round.relay[0].figures).map(|figure| figure.work).collect();
    works.into_iter().map(|work| relay_row(rounds, work)).collect()
}

fn relay_row(rounds: &[Round], work: Work) -> Row {
    let relay = of(rounds.iter().flat_map(|round| &round.relay), work);
    let limit = of(rounds.iter().flat_map(|round| &round.limit), work);
    let each = |value: fn(&Figure) -> f64| {
        median(rounds.iter().map(|round| mean(&of(&round.relay, work), value) / mean(&of(&round.limit, work), value)))
    };
    let (rate, processor) = (each(Figure::rate), each(Figure::micros));
    let figures = |figures: &[&Figure]| {
        let latency = |quantile| {
            median(figures.iter().map(|figure| figure.load.latencies.quantile(quantile).as_secs_f64() * 1e3))
        };
        format!(
            "{}/s, {:.1} µs, p50 {:.2} ms, p99 {:.2} ms",
            thousands(median(figures.iter().map(|figure| figure.rate()))),
            median(figures.iter().map(|figure| figure.micros())),
            latency(0.5),
            latency(0.99)
        )
    };
    let micros = median(relay.iter().map(|figure| figure.micros()));
    let absolute = median(relay.iter().map(|figure| figure.rate()));
    let row = Row::new(named(work), figures(&relay))
        .beside(figures(&limit), format!("rate {rate:.2}, processor {processor:.2}"));
    match work {
        Work::Push(KIB) => row.target("at most 12 µs a record", micros <= 12.0),
        Work::Single(KIB, 64) => row.target("half of the limit; 6,600/s", rate >= 0.5 && absolute >= 6600.0),
        Work::Pull => row.target("0.6 of the limit; at most 2 µs a record", rate >= 0.6 && micros <= 2.0),
        Work::PollNothing(_) | Work::PollOne(_) => row.target("0.6 of the limit", rate >= 0.6),
        Work::Push(_) | Work::Single(..) => row,
    }
}

fn named(work: Work) -> String {
    match work {
        Work::Push(bytes) => format!("push, 100 records of {} KiB a commit", bytes / KIB),
        Work::Single(bytes, connections) => {
            format!("durable append of {} KiB, {}", bytes / KIB, counted(connections))
        }
        Work::Pull => "full pull, pages of 500 with records".to_owned(),
        Work::PollNothing(connections) => format!("poll, nothing new, {}", counted(connections)),
        Work::PollOne(connections) => format!("poll, one log changed, {}", counted(connections)),
    }
}

fn of<'v>(visits: impl IntoIterator<Item = &'v Visit>, work: Work) -> Vec<&'v Figure> {
    visits.into_iter().flat_map(|visit| &visit.figures).filter(|figure| figure.work == work).collect()
}

fn counted(connections: usize) -> String {
    if connections == 1 { "1 connection".to_owned() } else { format!("{connections} connections") }
}

fn mean(figures: &[&Figure], value: fn(&Figure) -> f64) -> f64 {
    figures.iter().map(|figure| value(figure)).sum::<f64>() / figures.len() as f64
}

/// The middle of some numbers; of an even count, the middle of the two in the middle.
pub(crate) fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_unstable_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    match (numbers.get(middle), middle.checked_sub(1).and_then(|before| numbers.get(before))) {
        (Some(one), Some(other)) if numbers.len().is_multiple_of(2) => f64::midpoint(*one, *other),
        (Some(one), _) => *one,
        (None, _) => f64::NAN,
    }
}

/// A whole number with commas.
pub(crate) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!(thousands(1_234_567.4), "1,234,567");
        assert_eq!(thousands(999.0), "999");
        assert!((median([3.0, 1.0, 2.0].into_iter()) - 2.0).abs() < f64::EPSILON);
        assert!((median([4.0, 1.0].into_iter()) - 2.5).abs() < f64::EPSILON);
    }
}
