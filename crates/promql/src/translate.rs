//! Translates the parser's tree to [`Node`]s. What they do not support is refused by name.

use promql_parser::parser::{
    AggregateExpr, BinModifier, BinaryExpr, Call, Expr, VectorMatchFillValues,
    token::{
        T_ADD, T_AVG, T_COUNT, T_DIV, T_EQLC, T_GROUP, T_GTE, T_GTR, T_LAND, T_LOR, T_LSS, T_LTE,
        T_LUNLESS, T_MAX, T_MIN, T_MOD, T_MUL, T_NEQ, T_POW, T_SUB, T_SUM,
    },
};

use crate::{
    function_names,
    node::{Arithmetic, Comparison, Node, ValueFunction},
    remaining_labels::RemainingLabels,
    sample::millis,
    selection,
    window::Window,
};

/// A translated part of an expression, all of whose selectors select the one series.
pub(super) struct Part {
    pub(super) node: Node,
    /// `None` of a scalar.
    pub(super) labels: Option<RemainingLabels>,
}

/// The value of `expr`, if it is a constant scalar.
pub(super) fn constant(expr: &Expr) -> Option<f64> {
    match translate(expr).ok()?.node {
        Node::Number(value) => Some(value),
        _ => None,
    }
}

impl Part {
    fn vector(node: Node, labels: RemainingLabels) -> Self {
        let labels = Some(labels);
        Self { node, labels }
    }

    fn number(value: f64) -> Self {
        let node = Node::Number(value);
        Self { node, labels: None }
    }
}

/// The tree of `expr`, and the labels that its result keeps.
///
/// # Errors
/// What is not supported, as the rest of a sentence about the expression.
pub(super) fn translate(expr: &Expr) -> Result<Part, String> {
    match expr {
        Expr::Paren(paren) => translate(&paren.expr),
        Expr::NumberLiteral(number) => Ok(Part::number(number.val)),
        Expr::VectorSelector(selector) => {
            let offset = selection::offset(selector);
            Ok(Part::vector(
                Node::Newest { offset },
                RemainingLabels::all(),
            ))
        }
        Expr::Unary(unary) => apply(ValueFunction::Negate, translate(&unary.expr)?),
        Expr::Binary(expr) => binary(expr),
        Expr::Call(expr) => call(expr),
        Expr::Aggregate(expr) => aggregate(expr),
        Expr::Subquery(_) => Err("uses a subquery".to_owned()),
        Expr::StringLiteral(_) => Err("uses a string".to_owned()),
        Expr::MatrixSelector(_) => Err("is a range".to_owned()),
        Expr::Extension(_) => Err("uses an extension of PromQL".to_owned()),
    }
}

fn apply(function: ValueFunction, of: Part) -> Result<Part, String> {
    match (of.node, of.labels) {
        (node, Some(labels)) => Ok(Part::vector(Node::Call(function, Box::new(node)), labels)),
        (Node::Number(value), None) if function == ValueFunction::Negate => {
            Ok(Part::number(-value))
        }
        _ => Err("uses a function of a vector on a number".to_owned()),
    }
}

fn aggregate(expr: &AggregateExpr) -> Result<Part, String> {
    let of = translate(&expr.expr)?;
    let node = match expr.op.id() {
        T_SUM | T_AVG | T_MIN | T_MAX => of.node,
        T_COUNT | T_GROUP => Node::One(Box::new(of.node)),
        _ => return Err(format!("uses {}", expr.op)),
    };
    let labels = of.labels.unwrap_or_else(RemainingLabels::all);
    Ok(Part::vector(
        node,
        labels.aggregated(expr.modifier.as_ref()),
    ))
}

fn binary(expr: &BinaryExpr) -> Result<Part, String> {
    let (left, right) = (translate(&expr.lhs)?, translate(&expr.rhs)?);
    let keeps_right = left.labels.is_none();
    let labels = match (left.labels, right.labels) {
        (None, None) => None,
        (Some(labels), None) | (None, Some(labels)) => Some(labels),
        (Some(left), Some(right)) => Some(matched(left, right, expr)?),
    };
    let id = expr.op.id();
    if let (Node::Number(left), Node::Number(right)) = (&left.node, &right.node) {
        let computed = arithmetic_operator(id).map(|operator| operator.apply(*left, *right));
        let tested = || comparison_operator(id).map(|operator| operator.test(*left, *right));
        let value = computed.or_else(tested);
        return value
            .map(Part::number)
            .ok_or_else(|| format!("uses {}", expr.op));
    }
    let sides = Box::new((left.node, right.node));
    let node = match (id, arithmetic_operator(id), comparison_operator(id)) {
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
fn matched(
    left: RemainingLabels,
    right: RemainingLabels,
    expr: &BinaryExpr,
) -> Result<RemainingLabels, String> {
    let modifier = expr.modifier.as_ref();
    let fills = |m: &BinModifier| m.fill_values != VectorMatchFillValues::default();
    if modifier.is_some_and(fills) {
        return Err("uses fill".to_owned());
    }
    let one_of_both = expr.op.id() == T_LOR && left != right;
    let labels = left.matched(right, modifier).filter(|_| !one_of_both);
    labels.ok_or_else(|| format!("matches sides with different labels by {}", expr.op))
}

fn arithmetic_operator(id: u16) -> Option<Arithmetic> {
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

pub(super) fn comparison_operator(id: u16) -> Option<Comparison> {
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
    let arguments: Vec<&Expr> = expr.args.args.iter().map(|a| without_parens(a)).collect();
    let refused = || format!("uses {name}");
    let (of, numbers) = match arguments.as_slice() {
        [number, of @ Expr::MatrixSelector(_)] => (of, vec![*number]),
        [of, numbers @ ..] => (of, numbers.to_vec()),
        [] => return Err(refused()),
    };
    let numbers = constants(&numbers).ok_or_else(refused)?;
    if let Expr::MatrixSelector(matrix) = of {
        let window = Window {
            function: function_names::range_function(name, &numbers).ok_or_else(refused)?,
            length: millis(matrix.range),
            offset: selection::offset(&matrix.vs),
        };
        return Ok(Part::vector(Node::Window(window), RemainingLabels::all()));
    }
    let value_function = function_names::value_function(name, &numbers).ok_or_else(refused)?;
    apply(value_function, translate(of)?)
}

/// The values, if all of `numbers` are constant scalars.
fn constants(numbers: &[&Expr]) -> Option<Vec<f64>> {
    numbers.iter().map(|expr| constant(expr)).collect()
}

fn without_parens(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => without_parens(&paren.expr),
        other => other,
    }
}

#[cfg(test)]
#[path = "translate_tests.rs"]
mod tests;
