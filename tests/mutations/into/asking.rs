
/// Asks the worked cases about every mutation: `MUTATIONS` is the list, `ANSWERS` where the answers go.
#[test]
fn every_mutation_is_asked() {
    use std::fmt::Write as _;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::mutant;

    let list = std::fs::read_to_string(std::env::var("MUTATIONS").unwrap()).unwrap();
    let numbers: Vec<usize> = list.lines().map(|line| line.split('\t').next().unwrap().parse().unwrap()).collect();
    let (law, calendar) = (shipped_law(), shipped_calendar());
    let only = std::env::var("RULE").unwrap_or_default();
    let rules = CATALOGUE.iter().copied().filter(|rule| rule.meta().id.contains(&only));
    let cases: Vec<_> = rules.flat_map(|rule| cases_of(rule.meta().id, &law).into_iter().map(move |case| (rule, case))).collect();
    let passes = |rule: &'static dyn crate::Rule, case: &super::Case| {
        let findings = case.check(rule, &calendar);
        let told = |f: &Finding| !telling(f, &law).facts.is_empty();
        compare(&case.expect, &findings).is_ok() && findings.iter().filter(|f| f.outcome == Outcome::Breach).all(told)
    };
    let mut by_mutation = std::collections::BTreeMap::<usize, Vec<usize>>::new();
    for (at, (rule, case)) in cases.iter().enumerate() {
        let seen = mutant::seen(|| assert!(passes(*rule, case), "{} `{}` fails as it is", rule.meta().id, case.name));
        for number in seen {
            by_mutation.entry(number).or_default().push(at);
        }
    }
    std::panic::set_hook(Box::new(|_| {}));
    let (next, answers) = (AtomicUsize::new(0), Mutex::new(String::new()));
    let ask = || {
        while let Some(&number) = numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
            if mutant::NO_MUTATION.lock().unwrap().contains(&number) {
                continue;
            }
            let differing = by_mutation.get(&number).map(Vec::as_slice).unwrap_or_default();
            let caught = differing.iter().find(|at| {
                let (rule, case) = &cases[**at];
                mutant::with(number, std::panic::AssertUnwindSafe(|| passes(*rule, case))) != Some(true)
            });
            let of = |at: &usize| format!("{} `{}`", cases[*at].0.meta().id, cases[*at].1.name);
            let line = match caught {
                Some(at) => format!("{number}\tcaught\t{}\t{}", differing.len(), of(at)),
                None => format!("{number}\tsurvives\t{}\t{}", differing.len(), differing.first().map(of).unwrap_or_default()),
            };
            writeln!(answers.lock().unwrap(), "{line}").unwrap();
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(ask))));
    drop(std::panic::take_hook());
    std::fs::write(std::env::var("ANSWERS").unwrap(), answers.into_inner().unwrap()).unwrap();
}
