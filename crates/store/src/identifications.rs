//! Whose the lines of a name are, as officers settled it. Rows are only added; the last word counts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::{CardKey, Dossier, Identification, PersonKey, ProjectCode};
use serde_json::json;

use crate::db::{micros, text};
use crate::error::query;
use crate::versions::Moment;
use crate::workers::key_of;
use crate::{Store, StoreError, audit};

const INSERT: &str = "insert into identification (project_code, name, team, card_key, person_key, decided_at, officer, reason) \
     values ($1, $2, $3, $4, $5, $6, $7, $8)";
const LIST: &str = "select decided_at, name, team, card_key, person_key from identification where project_code = $1 \
     order by decided_at, identification_id";

/// Moment of the decision, name, team, card, person.
type Row = (i64, String, String, Vec<u8>, Vec<u8>);

impl Store {
    /// Remembers an officer's word, with its audit row.
    pub async fn identify(
        &self,
        project: &ProjectCode,
        settled: &Identification,
        officer: &str,
        reason: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (name, team) = (text(&settled.name), text(settled.team.as_deref().unwrap_or_default()));
        let (officer, reason) = (text(officer), text(reason));
        let card = settled.card.map(|card| card.0.to_vec()).unwrap_or_default();
        let person = settled.person.map(|person| person.0.to_vec()).unwrap_or_default();
        let mut tx = self.begin().await?;
        in_tx!(&mut tx, |conn| {
            let row = sqlx::query(INSERT).bind(project.as_str()).bind(&name).bind(&team).bind(&card).bind(&person);
            row.bind(micros(at)).bind(&officer).bind(&reason).execute(conn).await.map(|_| ())
        })
        .map_err(query("写入人员认定"))?;
        let detail = json!({ "name": name, "team": team, "known_person": settled.person.is_some(), "reason": reason });
        audit::insert(&mut tx, at, &officer, "person.identify", project.as_str(), &detail).await?;
        tx.commit().await
    }

    /// The last words of officers on names of this project, as known at each moment.
    pub(crate) async fn fill_identified(&self, project: &ProjectCode, dossiers: &mut [(Moment, &mut Dossier)]) -> Result<(), StoreError> {
        let rows: Vec<Row> =
            on_either!(self, |pool| sqlx::query_as(LIST).bind(project.as_str()).fetch_all(pool).await).map_err(query("读取人员认定"))?;
        let mut said = Vec::new();
        for (decided_at, name, team, card, person) in rows {
            let key = |bytes: &[u8]| if bytes.is_empty() { Ok(None) } else { key_of(bytes).map(Some) };
            let settled = Identification {
                name,
                team: Some(team).filter(|team| !team.is_empty()),
                card: key(&card)?.map(CardKey),
                person: key(&person)?.map(PersonKey),
            };
            said.push((decided_at, settled));
        }
        for (moment, dossier) in dossiers {
            let until = moment.map_or(i64::MAX, micros);
            let known = said.iter().filter(|(decided_at, _)| *decided_at <= until).map(|(_, settled)| settled);
            let last: BTreeMap<_, _> = known.map(|settled| ((&settled.name, &settled.team, settled.card), settled)).collect();
            dossier.identified = last.into_values().cloned().collect();
        }
        Ok(())
    }
}
