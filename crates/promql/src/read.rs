//! From the parser's tree to ours; what ours cannot say is refused by name.

use promql_parser::parser::{
    AggregateExpr, BinModifier, BinaryExpr, Call, Expr, VectorMatchFillValues,
    token::{
        T_ADD, T_AVG, T_COUNT, T_DIV, T_EQLC, T_GROUP, T_GTE, T_GTR, T_LAND, T_LOR, T_LSS, T_LTE,
        T_LUNLESS, T_MAX, T_MIN, T_MOD, T_MUL, T_NEQ, T_POW, T_SUB, T_SUM,
    },
};

use crate::{
    evaluate::{Arithmetic, Comparison, Map, Node},
    functions,
    labels::Labels,
    range::{Window, millis},
    selector,
};

/// A part of an expression, all of whose selectors select the one series.
pub(super) struct Part {
    pub(super) node: Node,
    /// `None` of a scalar.
    pub(super) labels: Option<Labels>,
}

/// The value of `expr`, if it is a scalar that never changes.
pub(super) fn number(expr: &Expr) -> Option<f64> {
    match part(expr).ok()?.node {
        Node::Number(value) => Some(value),
        _ => None,
    }
}

impl Part {
    fn vector(node: Node, labels: Labels) -> Self {
        let labels = Some(labels);
        Self { node, labels }
    }

    fn number(value: f64) -> Self {
        let node = Node::Number(value);
        Self { node, labels: None }
    }
}

/// The tree of `expr`, and the labels that its result has.
pub(super) fn part(expr: &Expr) -> Result<Part, String> {
    match expr {
        Expr::Paren(paren) => part(&paren.expr),
        Expr::NumberLiteral(number) => Ok(Part::number(number.val)),
        Expr::VectorSelector(selector) => {
            let offset = selector::offset(selector);
            Ok(Part::vector(Node::Newest { offset }, Labels::all()))
        }
        Expr::Unary(unary) => map(Map::Negate, part(&unary.expr)?),
        Expr::Binary(expr) => binary(expr),
        Expr::Call(expr) => call(expr),
        Expr::Aggregate(expr) => aggregate(expr),
        Expr::Subquery(_) => Err("uses a subquery".to_owned()),
        Expr::StringLiteral(_) => Err("uses a string".to_owned()),
        Expr::MatrixSelector(_) => Err("is a range".to_owned()),
        Expr::Extension(_) => Err("uses an extension of PromQL".to_owned()),
    }
}

fn map(map: Map, of: Part) -> Result<Part, String> {
    match (of.node, of.labels) {
        (node, Some(labels)) => Ok(Part::vector(Node::Map(map, Box::new(node)), labels)),
        (Node::Number(value), None) if map == Map::Negate => Ok(Part::number(-value)),
        _ => Err("uses a function of a vector on a number".to_owned()),
    }
}

fn aggregate(expr: &AggregateExpr) -> Result<Part, String> {
    let of = part(&expr.expr)?;
    let node = match expr.op.id() {
        T_SUM | T_AVG | T_MIN | T_MAX => of.node,
        T_COUNT | T_GROUP => Node::One(Box::new(of.node)),
        _ => return Err(format!("uses {}", expr.op)),
    };
    let labels = of.labels.unwrap_or_else(Labels::all);
    Ok(Part::vector(
        node,
        labels.aggregated(expr.modifier.as_ref()),
    ))
}

fn binary(expr: &BinaryExpr) -> Result<Part, String> {
    let (left, right) = (part(&expr.lhs)?, part(&expr.rhs)?);
    let keeps_right = left.labels.is_none();
    let labels = match (left.labels, right.labels) {
        (None, None) => None,
        (Some(labels), None) | (None, Some(labels)) => Some(labels),
        (Some(left), Some(right)) => Some(matched(left, right, expr)?),
    };
    let id = expr.op.id();
    if let (Node::Number(left), Node::Number(right)) = (&left.node, &right.node) {
        let computed = arithmetic(id).map(|operator| operator.apply(*left, *right));
        let tested = || comparison(id).map(|operator| operator.test(*left, *right));
        let value = computed.or_else(tested);
        return value
            .map(Part::number)
            .ok_or_else(|| format!("uses {}", expr.op));
    }
    let sides = Box::new((left.node, right.node));
    let node = match (id, arithmetic(id), comparison(id)) {
        (_, Some(operator), _) => Node::Arithmetic(operator, sides),
        (_, _, Some(operator)) if expr.return_bool() => Node::Test(operator, sides),
        (_, _, Some(comparison)) => Node::Filter {
            comparison,
            sides,
            keeps_right,
        },
        (T_LAND, ..) => Node::And(sides),
        (T_LOR, ..) => Node::Or(sides),
        (T_LUNLESS, ..) => Node::Unless(sides),
        _ => return Err(format!("uses {}", expr.op)),
    };
    Ok(Part { node, labels })
}

/// The labels of an operation on two vectors.
fn matched(left: Labels, right: Labels, expr: &BinaryExpr) -> Result<Labels, String> {
    let modifier = expr.modifier.as_ref();
    let fills = |m: &BinModifier| m.fill_values != VectorMatchFillValues::default();
    if modifier.is_some_and(fills) {
        return Err("uses fill".to_owned());
    }
    let one_of_both = expr.op.id() == T_LOR && left != right;
    let labels = left.matched(right, modifier).filter(|_| !one_of_both);
    labels.ok_or_else(|| format!("matches sides with different labels by {}", expr.op))
}

fn arithmetic(id: u16) -> Option<Arithmetic> {
    Some(match id {
        T_ADD => Arithmetic::Add,
        T_SUB => Arithmetic::Sub,
        T_MUL => Arithmetic::Mul,
        T_DIV => Arithmetic::Div,
        T_MOD => Arithmetic::Mod,
        T_POW => Arithmetic::Pow,
        _ => return None,
    })
}

pub(super) fn comparison(id: u16) -> Option<Comparison> {
    Some(match id {
        T_EQLC => Comparison::Equal,
        T_NEQ => Comparison::NotEqual,
        T_GTR => Comparison::Greater,
        T_LSS => Comparison::Less,
        T_GTE => Comparison::GreaterOrEqual,
        T_LTE => Comparison::LessOrEqual,
        _ => return None,
    })
}

fn call(expr: &Call) -> Result<Part, String> {
    let name = expr.func.name;
    let arguments: Vec<&Expr> = expr.args.args.iter().map(|a| bare(a)).collect();
    let refused = || format!("uses {name}");
    let (of, numbers) = match arguments.as_slice() {
        [number, of @ Expr::MatrixSelector(_)] => (of, vec![*number]),
        [of, numbers @ ..] => (of, numbers.to_vec()),
        [] => return Err(refused()),
    };
    let numbers = constants(&numbers).ok_or_else(refused)?;
    if let Expr::MatrixSelector(matrix) = of {
        let window = Window {
            function: functions::of_window(name, &numbers).ok_or_else(refused)?,
            length: millis(matrix.range),
            offset: selector::offset(&matrix.vs),
        };
        return Ok(Part::vector(Node::Window(window), Labels::all()));
    }
    let of_value = functions::of_value(name, &numbers).ok_or_else(refused)?;
    map(of_value, part(of)?)
}

/// The value of each, if all are scalars that never change.
fn constants(numbers: &[&Expr]) -> Option<Vec<f64>> {
    numbers.iter().map(|expr| number(expr)).collect()
}

fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => bare(&paren.expr),
        bare => bare,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::{Expression, Predictor, Subject};

    fn predictor(text: &str) -> Result<Predictor, String> {
        let labels = BTreeMap::from([("device".to_owned(), "sda".to_owned())]);
        let subject = Subject {
            metric: "disk",
            labels: &labels,
        };
        Expression::parse(text).unwrap().predictor(&subject)
    }

    #[test]
    fn what_cannot_be_predicted_is_refused_by_name() {
        for (text, why) in [
            (
                "histogram_quantile(0.9, rate(disk[5m])) > 1",
                "uses histogram_quantile",
            ),
            (
                "label_replace(disk, \"a\", \"b\", \"c\", \"d\") > 1",
                "uses label_replace",
            ),
            ("absent(disk)", "uses absent"),
            ("absent_over_time(disk[5m])", "uses absent_over_time"),
            ("disk > time()", "uses time"),
            ("disk > scalar(disk)", "uses scalar"),
            ("disk or vector(0)", "uses vector"),
            ("clamp_max(disk, scalar(disk)) > 1", "uses clamp_max"),
            ("topk(3, disk) > 1", "uses topk"),
            ("quantile(0.5, disk) > 1", "uses quantile"),
            ("stddev(disk) > 1", "uses stddev"),
            (
                "max_over_time(rate(disk[5m])[1h:]) > 1",
                "uses max_over_time",
            ),
            ("first_over_time(disk[5m]) > 1", "uses first_over_time"),
            ("holt_winters(disk[5m], 0.5, 0.5) > 1", "uses holt_winters"),
            (
                "double_exponential_smoothing(disk[5m], 0.5, 0.5) > 1",
                "uses double_exponential_smoothing",
            ),
            ("disk + fill(0) disk > 1", "uses fill"),
            ("disk atan2 2 > 1", "uses atan2"),
            ("disk[5m]", "is a range"),
        ] {
            assert_eq!(predictor(text).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn sides_that_prometheus_might_not_match_are_refused() {
        for text in [
            "disk / sum(disk) > 1",
            "sum by (device) (disk) / disk",
            "sum by (device) (disk) / sum by (job) (disk)",
            "sum without (job) (disk) > on (job) disk",
            "disk and on (device) sum(disk)",
            "disk > 5 or sum(disk)",
            "(disk > on (device) disk) > disk",
        ] {
            let why = predictor(text).unwrap_err();
            assert!(
                why.starts_with("matches sides with different labels"),
                "{text}: {why}"
            );
        }
    }

    #[test]
    fn sides_with_the_same_labels_are_matched() {
        for text in [
            "disk / disk",
            "rate(disk[5m]) > 1 and disk < 5",
            "disk / on (device) disk",
            "disk / on (device) group_left disk",
            "disk > on (device) group_right sum by (device) (disk)",
            "sum by (device, job) (disk) / ignoring (job) sum by (device) (disk)",
            "sum without (job) (disk) / ignoring (job) disk",
            "sum(disk) / sum(disk)",
            "sum(disk) and on () disk > 1",
            "(disk > on (device) disk) > sum by (device) (disk)",
            "disk * ignoring (job) group_left sum without (job) (disk) > disk",
        ] {
            assert!(predictor(text).is_ok(), "{text}: {:?}", predictor(text));
        }
    }

    #[test]
    fn numbers_are_computed_when_they_are_read() {
        let predictor = predictor("disk > 2 ^ 3 * 100 + (7 > bool -1)").unwrap();
        assert!(format!("{predictor:?}").contains("Number(801.0)"));
    }
}
