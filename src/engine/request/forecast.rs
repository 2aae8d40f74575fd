//! What a request would do and cost, without asking anybody.

use std::sync::Arc;

use tokio::time::Instant;

use super::{Request, Run};
use crate::domain::class::classify;
use crate::domain::explain::Explanation;
use crate::domain::money::PicoUsd;
use crate::domain::money::purse::Refusal;
use crate::domain::money::quote::Quote;
use crate::domain::route::{Attempt, Plan, Tier};
use crate::domain::site::Site;
use crate::engine::money::most;
use crate::engine::{Engine, refresh};

/// A call that would be made if the ones before it brought nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The tier it counts for.
    pub tier: Tier,
    /// The model.
    pub model: String,
    /// What it would cost; `None` where the model's price is unknown.
    pub quote: Option<Quote>,
    /// What it would cost at most, as caps see it: nothing for a model of the user's own without a
    /// price; `None` where nobody knows.
    pub most: Option<PicoUsd>,
    /// The cap that would keep it out, as far as is known without asking.
    pub refusal: Option<Refusal>,
    /// Whether it is made only where a first answer shows that more is wanted.
    pub is_escalation: bool,
}

/// What a request would come to.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// Class, plan and local offers; nothing was tried.
    pub explanation: Explanation,
    /// The calls of the plan, in order.
    pub steps: Vec<Step>,
}

impl Forecast {
    /// What the request can cost at most if every call that no cap keeps out were made; `None` where
    /// nobody knows.
    pub fn most(&self) -> Option<PicoUsd> {
        self.steps.iter().filter(|step| step.refusal.is_none()).map(|step| step.most).sum()
    }
}

impl Engine {
    /// Decides about a request as [`Engine::complete`] would, and estimates what its calls would cost.
    /// No model is asked and nothing is written down.
    pub fn forecast(&self, request: Request) -> Forecast {
        let equipment = Arc::clone(&self.equipment.lock());
        let mut run = Run::new(self, &equipment, 0, request);
        run.is_forecast = true;
        refresh(&mut run.request.document);
        let document = run.request.document.clone();
        let site = Site::new(document, run.request.offset, run.request.trigger);
        let found = classify(&site);
        let plan = run.plan(&found, &site);
        run.local(&site, &found);
        run.explanation.decided_after = Instant::now() - run.arrived;
        run.explanation.classification = Some(found);
        let mut steps = run.steps(&site, &plan, false);
        if let Some(escalation) = &plan.escalation {
            steps.extend(run.steps(&site, &escalation.plan, true));
        }
        run.explanation.plan = Some(plan);
        Forecast { explanation: run.explanation.clone(), steps }
    }
}

impl Run<'_> {
    fn steps(&self, site: &Site, plan: &Plan, is_escalation: bool) -> Vec<Step> {
        let step = |attempt: &Attempt| {
            let model = self.equipment.settings.models.get(&attempt.model)?;
            let (prompt, _) = self.prompt(site, plan, attempt, model);
            let quote = self.price_of(model, &prompt, self.at);
            let most = most(model, quote);
            let (tier, model) = (attempt.tier, attempt.model.clone());
            let refusal = self.engine.books().objection(tier, most, self.at);
            Some(Step { tier, model, quote, most, refusal, is_escalation })
        };
        plan.attempts.iter().filter_map(step).collect()
    }
}
