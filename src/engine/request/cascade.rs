//! Moving up: a dearer model is asked after a cheap one's first line has shown that a block is
//! wanted.

use std::sync::Arc;

use super::Run;
use super::calls::Asked;
use crate::domain::cache::Place;
use crate::domain::class::{Classification, wants_block};
use crate::domain::completion::Completion;
use crate::domain::explain::Silence;
use crate::domain::route::Plan;
use crate::domain::site::Site;

impl Run<'_> {
    /// Asks the models of the plan, and those of its escalation where the answer's first line says
    /// so. The cheap line is what is left when the dearer answer does not come.
    pub(super) async fn ask(
        &mut self,
        site: &Arc<Site>,
        place: &Place,
        found: &Classification,
        plan: &Plan,
    ) -> Result<Completion, Silence> {
        let cheap = self.race(&Asked { site, place, plan }).await?;
        let Some(escalation) = &plan.escalation else { return Ok(cheap) };
        let probability = wants_block(site, found, &cheap.text);
        if probability < escalation.probability_min {
            return Ok(cheap);
        }
        let up = escalation.plan.as_ref();
        let tier = up.attempts.first().map_or("", |attempt| attempt.tier.name());
        let note = format!(
            "the first line of the answer begins a block ({:.0} %): raised to {tier}",
            100.0 * probability
        );
        self.follow_plan(up, &note);
        match self.race(&Asked { site, place, plan: up }).await {
            Err(Silence::Superseded) => Err(Silence::Superseded),
            Err(_) => {
                // The answer is the cheap plan's, at the deadline of the other.
                self.follow_plan(&Plan { deadline: up.deadline, ..plan.clone() }, &note);
                Ok(cheap)
            }
            Ok(better) => Ok(better),
        }
    }

    /// Records which plan the answer comes from.
    fn follow_plan(&mut self, plan: &Plan, note: &str) {
        let mut plan = plan.clone();
        plan.notes.push(note.to_owned());
        self.explanation.plan = Some(plan);
    }
}
