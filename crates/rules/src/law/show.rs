//! Figures in the words of people.

use std::fmt;

use model::Fen;

use super::{Dated, Law, Parameter, Unit, Value};

/// Title, unit and all values; what is not confirmed or is a policy choice says so.
impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = if self.policy { "，本地口径" } else { "" };
        let unsure = if self.confirmed { "" } else { "，出处未核实" };
        write!(f, "{}（{}{policy}{unsure}）：{}", self.title, self.unit.chinese(), self.shown_values())
    }
}

impl Parameter {
    /// The values with scopes, dates and sources.
    pub fn shown_values(&self) -> String {
        let shown = |dated: &Dated| {
            let from = dated.from.map(|day| format!("自 {day}：")).unwrap_or_default();
            let kind = dated.scope.owner_kind.map(|kind| kind.chinese().to_owned());
            let scope: Vec<String> = dated.scope.region.clone().into_iter().chain(kind).collect();
            let scope = if scope.is_empty() { String::new() } else { format!("[{}] ", scope.join("、")) };
            format!("{scope}{from}{}（{}）", value_text(self.unit, &dated.value), dated.source)
        };
        self.values.iter().map(shown).collect::<Vec<_>>().join("；")
    }
}

impl Law {
    /// What a rule uses: the figures it names and its correction period.
    pub fn of_rule(&self, id: &str) -> Vec<&Parameter> {
        let rule = crate::catalogue::find(id);
        let correct_in = format!("{id}.correct_in");
        self.parameters().filter(|p| p.name == correct_in || rule.is_some_and(|rule| rule.meta().uses(&p.name))).collect()
    }
}

fn value_text(unit: Unit, value: &Value) -> String {
    match (unit, value) {
        (Unit::Fen, Value::Number(fen)) => format!("{} 元", Fen(*fen).yuan()),
        (Unit::Ppm, Value::Number(ppm)) => format!("{}.{:02}%", ppm / 10_000, ppm % 10_000 / 100),
        (_, Value::Number(n)) => n.to_string(),
        (_, Value::Flag(flag)) => (if *flag { "是" } else { "否" }).to_owned(),
        (_, Value::Words(words)) if words.is_empty() => "（空）".to_owned(),
        (_, Value::Words(words)) => words.join("、"),
    }
}
