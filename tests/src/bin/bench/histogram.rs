//! Latencies, counted in buckets that are at most a thirty-second of their value wide.

use std::time::Duration;

/// Buckets to each doubling.
const WIDTH: u32 = 32;

/// How often each latency occurred. Two of them can be put together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    total: u64,
}

impl Histogram {
    pub(crate) fn record(&mut self, latency: Duration) {
        let bucket = bucket(u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX));
        if self.counts.len() <= bucket {
            self.counts.resize(bucket + 1, 0);
        }
        self.counts[bucket] += 1;
        self.total += 1;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        self.counts.iter_mut().zip(&other.counts).for_each(|(own, theirs)| *own += theirs);
        self.total += other.total;
    }

    /// The latency that a share of `quantile` did not exceed.
    pub(crate) fn quantile(&self, quantile: f64) -> Duration {
        let wanted = (self.total as f64 * quantile).ceil() as u64;
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted && *count > 0 {
                return Duration::from_nanos(least(bucket));
            }
        }
        Duration::ZERO
    }
}

fn bucket(nanos: u64) -> usize {
    let exponent = nanos.max(1).ilog2().saturating_sub(WIDTH.ilog2());
    (exponent * WIDTH) as usize + (nanos >> exponent) as usize
}

/// The least latency of a bucket.
fn least(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    let exponent = (bucket / u64::from(WIDTH)).saturating_sub(1);
    (bucket - exponent * u64::from(WIDTH)) << exponent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_what_is_near_its_least() {
        for nanos in (0..100_000_u64).step_by(7).chain([u64::from(u32::MAX), 1 << 50]) {
            let found = least(bucket(nanos));
            assert!(found <= nanos && nanos - found <= nanos / u64::from(WIDTH), "{nanos} is put at {found}");
        }
    }

    #[test]
    fn quantiles_are_of_what_was_recorded() {
        let mut all = Histogram::default();
        for half in [0, 500] {
            let mut histogram = Histogram::default();
            (half..half + 500).for_each(|micros| histogram.record(Duration::from_micros(micros)));
            all.merge(&histogram);
        }
        let median = all.quantile(0.5).as_micros();
        assert!((480..=500).contains(&median), "{median}");
        assert!(all.quantile(0.99) > Duration::from_micros(950));
    }
}
