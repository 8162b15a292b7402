//! What the child gives up before it reads: time, memory, files, network, other programs.

use std::collections::BTreeMap;
use std::io;

use landlock::{
    ABI, Access, AccessFs, AccessNet, LandlockStatus, PathBeneath, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, Signal};
use seccompiler::{
    SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};

use crate::cage::Holds;
use crate::cage::child::Orders;
use crate::error::{Error, Result};

/// What is to live within the walls.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// A job of ours, which needs nothing but what is open.
    Job,
    /// Another program, which this process becomes.
    Program,
}

/// Raises the walls around this process, and returns what holds. Limits must hold; Landlock and system call filters
/// are taken as far as the kernel has them.
pub(super) fn raise(orders: &Orders, within: Within) -> Result<Holds> {
    let refused = |e| Error::internal("The cage could not be closed.").with_source(io::Error::from(e));
    rustix::process::setsid().map_err(refused)?;
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).map_err(refused)?;
    // The keeper may have died before the line above; then nobody would ever end this child.
    if rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get()) != Some(orders.keeper) {
        return Err(Error::internal("The keeper of the cage is gone."));
    }
    rustix::thread::set_no_new_privs(true).map_err(refused)?;
    for (resource, limit) in [
        (Resource::As, orders.memory_bytes),
        (Resource::Cpu, orders.cpu_seconds),
        (Resource::Nofile, if within == Within::Program { 64 } else { 16 }),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
    ] {
        // One second more before the kernel kills without a word: the first signal names the reason.
        let grace = u64::from(resource == Resource::Cpu);
        let limit = Rlimit { current: Some(limit), maximum: Some(limit + grace) };
        rustix::process::setrlimit(resource, limit).map_err(refused)?;
    }
    Ok(Holds {
        memory: true,
        time: true,
        landlock: shut_files(within).unwrap_or(0),
        seccomp: filter_calls(within).is_some(),
    })
}

/// Where a program and its libraries lie.
const PROGRAMS: &[&str] = &["/usr", "/lib", "/lib64", "/bin"];

/// Shuts off every file and port, but for what a program needs to start and the file it reads; returns the ABI in force.
fn shut_files(within: Within) -> Option<u32> {
    const NEWEST: ABI = ABI::V7;
    let opened = match within {
        Within::Job => [].as_slice(),
        Within::Program => PROGRAMS,
    };
    let read = AccessFs::ReadFile;
    // The input, opened anew by name, is a file of its own again, in which the program may move about.
    let input = (within == Within::Program).then(|| PathBeneath::new(io::stdin(), read));
    let linker = path_beneath_rules(opened.first().map(|_| "/etc/ld.so.cache"), read);
    let closed = Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))
        .and_then(|it| it.handle_access(AccessNet::from_all(NEWEST)))
        .and_then(|it| it.scope(Scope::from_all(NEWEST)))
        .and_then(Ruleset::create)
        .and_then(|it| it.add_rules(path_beneath_rules(opened, AccessFs::from_read(NEWEST))))
        .and_then(|it| it.add_rules(linker))
        .and_then(|it| it.add_rules(input.into_iter().map(Ok::<_, landlock::RulesetError>)))
        .and_then(|it| it.restrict_self())
        .ok()?;
    match (closed.ruleset, closed.landlock) {
        (RulesetStatus::NotEnforced, _) => None,
        (_, LandlockStatus::Available { effective_abi, .. }) => Some(effective_abi as u32),
        _ => None,
    }
}

/// Lets through the system calls that reading needs; every other fails with EPERM, so that a library that looks for
/// its settings goes on without them.
fn filter_calls(within: Within) -> Option<()> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).ok()?;
    let apply = |rules: Rules, otherwise: SeccompAction, then: SeccompAction| {
        let filter = SeccompFilter::new(rules, otherwise, then, arch).ok()?;
        let program: seccompiler::BpfProgram = filter.try_into().ok()?;
        seccompiler::apply_filter(&program).ok()
    };
    let errno = |code: i32| SeccompAction::Errno(code.unsigned_abs());
    // The flags of clone3 lie in memory a filter cannot see; told it is missing, the C library uses clone.
    apply([(libc::SYS_clone3, vec![])].into(), SeccompAction::Allow, errno(libc::ENOSYS))?;
    apply(allowed(within)?, errno(libc::EPERM), SeccompAction::Allow)
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn allowed(within: Within) -> Option<Rules> {
    let mut rules: Rules = ALLOWED.iter().map(|call| (*call, vec![])).collect();
    #[cfg(target_arch = "x86_64")]
    rules.extend([(libc::SYS_poll, vec![]), (libc::SYS_time, vec![])]);
    if within == Within::Program {
        rules.extend(STARTING.iter().map(|call| (*call, vec![])));
        #[cfg(target_arch = "x86_64")]
        rules.extend(
            [libc::SYS_access, libc::SYS_arch_prctl, libc::SYS_readlink, libc::SYS_open]
                .map(|it| (it, vec![])),
        );
    }
    let own = u64::from(std::process::id());
    let thread = libc::CLONE_THREAD as u64;
    // A thread is not a process; a signal (an abort) goes to oneself only; limits may be read, not set.
    rules.insert(libc::SYS_clone, vec![when(&[(0, SeccompCmpOp::MaskedEq(thread), thread)])?]);
    rules.insert(libc::SYS_tgkill, vec![when(&[(0, SeccompCmpOp::Eq, own)])?]);
    rules.insert(libc::SYS_prlimit64, vec![when(&[(0, SeccompCmpOp::Eq, 0), (2, SeccompCmpOp::Eq, 0)])?]);
    Some(rules)
}

fn when(conditions: &[(u8, SeccompCmpOp, u64)]) -> Option<SeccompRule> {
    let condition = |(argument, is, value): &(u8, SeccompCmpOp, u64)| {
        SeccompCondition::new(*argument, SeccompCmpArgLen::Qword, is.clone(), *value).ok()
    };
    SeccompRule::new(conditions.iter().map(condition).collect::<Option<_>>()?).ok()
}

/// Reading and writing what is open, memory, threads, clocks, randomness, and the end.
const ALLOWED: &[i64] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_fcntl,
    libc::SYS_dup,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_ppoll,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_clone3,
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_membarrier,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getrandom,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getrusage,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// What a program needs besides to start and to find its libraries; which files it may open Landlock says. Without
/// Landlock it could open others, but there is no way to send out what it reads.
const STARTING: &[i64] = &[
    libc::SYS_execve,
    libc::SYS_openat,
    libc::SYS_faccessat,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_set_tid_address,
    libc::SYS_prctl,
    libc::SYS_ioctl,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getcwd,
    libc::SYS_fadvise64,
];
