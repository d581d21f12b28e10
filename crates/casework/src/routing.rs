//! Which officer answers for a project.

use model::sheet::Project;

use crate::{CaseworkConfig, Officer, RouteConfig};

/// The officer named in the project list, else the most specific route, else the default.
/// `None` only where the configuration names nobody, which `config check` refuses.
pub fn officer_for<'a>(config: &'a CaseworkConfig, project: &Project) -> Option<&'a Officer> {
    let by_code = |code: &str| config.officers.iter().find(|o| o.code == code);
    let named = project.inspector.as_deref().map(str::trim).filter(|text| !text.is_empty());
    named
        .and_then(|text| by_code(text).or_else(|| only(config.officers.iter().filter(|o| o.name == text))))
        .or_else(|| {
            let best = config.routing.route.iter().filter(|route| fits(route, project)).max_by_key(|route| weight(route));
            best.and_then(|route| by_code(&route.officer))
        })
        .or_else(|| config.routing.default.as_deref().and_then(by_code))
}

fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

fn fits(route: &RouteConfig, project: &Project) -> bool {
    route.project.as_deref().is_none_or(|code| code == project.code.as_str())
        && route.industry.as_deref().is_none_or(|industry| project.industry.as_deref() == Some(industry))
        && route.region.as_deref().is_none_or(|region| project.area.as_deref().is_some_and(|area| area.starts_with(region)))
}

/// Project before industry before region; of two regions the longer.
fn weight(route: &RouteConfig) -> (bool, bool, usize) {
    (route.project.is_some(), route.industry.is_some(), route.region.as_deref().map_or(0, str::len))
}

#[cfg(test)]
mod tests {
    use model::ProjectCode;
    use model::sheet::{Project, ProjectStatus};

    use super::officer_for;
    use crate::{CaseworkConfig, Officer, RouteConfig, RoutingConfig};

    fn officer(code: &str) -> Officer {
        Officer { code: code.to_owned(), name: format!("监察员{code}"), email: format!("{code}@example.invalid"), certificate: None }
    }

    fn config() -> CaseworkConfig {
        let route = |project: Option<&str>, industry: Option<&str>, region: Option<&str>, officer: &str| RouteConfig {
            project: project.map(str::to_owned),
            industry: industry.map(str::to_owned),
            region: region.map(str::to_owned),
            officer: officer.to_owned(),
        };
        CaseworkConfig {
            officers: ["a", "b", "c", "d"].map(officer).to_vec(),
            routing: RoutingConfig {
                default: Some("a".to_owned()),
                route: vec![
                    route(None, None, Some("9999"), "b"),
                    route(None, Some("水利"), None, "c"),
                    route(Some("99999920240101001"), None, None, "d"),
                ],
            },
            ..CaseworkConfig::default()
        }
    }

    fn project(code: &str) -> Project {
        Project::bare(ProjectCode::parse(code).unwrap(), "测试项目".to_owned(), ProjectStatus::Active)
    }

    #[test]
    fn the_most_specific_route_wins() {
        let mut site = project("99999920240101001");
        site.industry = Some("水利".to_owned());
        site.area = Some("999999".to_owned());
        assert_eq!(officer_for(&config(), &site).unwrap().code, "d");
        site.code = ProjectCode::parse("99999920240101002").unwrap();
        assert_eq!(officer_for(&config(), &site).unwrap().code, "c");
        site.industry = Some("住建".to_owned());
        assert_eq!(officer_for(&config(), &site).unwrap().code, "b");
        site.area = Some("888888".to_owned());
        assert_eq!(officer_for(&config(), &site).unwrap().code, "a");
    }

    #[test]
    fn the_project_list_may_name_the_officer_by_code_or_name() {
        let mut site = project("99999920240101001");
        site.inspector = Some("监察员b".to_owned());
        assert_eq!(officer_for(&config(), &site).unwrap().code, "b");
        site.inspector = Some("c".to_owned());
        assert_eq!(officer_for(&config(), &site).unwrap().code, "c");
        site.inspector = Some("没有这个人".to_owned());
        assert_eq!(officer_for(&config(), &site).unwrap().code, "d");
    }

    #[test]
    fn configuration_mistakes_are_all_named() {
        let mut config = config();
        config.routing.default = Some("x".to_owned());
        config.routing.route.push(RouteConfig::default());
        config.officers.push(officer("a"));
        config.letters.notice_number = "无号".to_owned();
        let mistakes = config.mistakes();
        assert_eq!(mistakes.len(), 6, "{mistakes:?}");
    }
}
