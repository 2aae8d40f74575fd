//! The clock of measurements that must not depend on what else the machine does.

use std::time::Duration;

/// Processor time of this thread: on a machine with other work, wall time shows that work's
/// turns. Wall time where the system cannot say.
pub(crate) fn clock() -> Duration {
    #[cfg(unix)]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }
    #[cfg(not(unix))]
    {
        static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        START.get_or_init(std::time::Instant::now).elapsed()
    }
}
