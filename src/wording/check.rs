//! Holds the languages against each other: the same keys in the same files, with the same
//! variables in each sentence.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

/// The sentences of one file: each key with the variables that it names.
pub type Sentences = BTreeMap<String, BTreeSet<String>>;

/// Reads a file's keys and variables; what does not parse is left out (and told elsewhere).
pub fn sentences(text: &str) -> Sentences {
    let resource = parser::parse(text).unwrap_or_else(|(partial, _)| partial);
    let mut sentences = Sentences::new();
    for entry in &resource.body {
        if let Entry::Message(message) = entry {
            let mut variables = BTreeSet::new();
            if let Some(pattern) = &message.value {
                of_pattern(pattern, &mut variables);
            }
            sentences.insert(message.id.name.to_owned(), variables);
        }
    }
    sentences
}

/// What one file lacks or has too much of beside the same file in the first language.
pub fn differences(first: (&str, &Sentences), other: (&str, &Sentences), faults: &mut Vec<String>) {
    let ((first_file, first), (file, sentences)) = (first, other);
    for (key, variables) in first {
        let Some(own) = sentences.get(key) else {
            faults.push(format!("{file}: {key} is missing; {first_file} has it"));
            continue;
        };
        for variable in variables.difference(own) {
            faults.push(format!("{file}: {key} does not say ${variable}"));
        }
        for variable in own.difference(variables) {
            faults.push(format!(
                "{file}: {key} says ${variable}, which {first_file} does not give"
            ));
        }
    }
    for key in sentences.keys().filter(|key| !first.contains_key(*key)) {
        faults.push(format!("{file}: {key} is not in {first_file}"));
    }
}

fn of_pattern(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, variables);
        }
    }
}

fn of_expression(expression: &Expression<&str>, variables: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => of_inline(inline, variables),
        Expression::Select { selector, variants } => {
            of_inline(selector, variables);
            for variant in variants {
                of_pattern(&variant.value, variables);
            }
        }
    }
}

fn of_inline(inline: &InlineExpression<&str>, variables: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => of_expression(expression, variables),
        InlineExpression::FunctionReference { arguments, .. } => {
            for argument in &arguments.positional {
                of_inline(argument, variables);
            }
        }
        InlineExpression::StringLiteral { .. }
        | InlineExpression::NumberLiteral { .. }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::TermReference { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(first: &str, other: &str) -> Vec<String> {
        let mut faults = Vec::new();
        differences(
            ("en.ftl", &sentences(first)),
            ("vi.ftl", &sentences(other)),
            &mut faults,
        );
        faults
    }

    #[test]
    fn the_same_keys_with_the_same_variables_are_no_fault() {
        let english =
            "a = Hello { $name }\nb = { $n ->\n    [one] one thing\n   *[other] { $n } things\n}\n";
        let vietnamese = "b = { $n } thứ\na = Chào { $name }\n";
        assert_eq!(faults(english, vietnamese), Vec::<String>::new());
    }

    #[test]
    fn each_difference_is_named_with_file_and_key() {
        let expected = [
            "vi.ftl: a does not say $name",
            "vi.ftl: b says $m, which en.ftl does not give",
            "vi.ftl: c is missing; en.ftl has it",
            "vi.ftl: d is not in en.ftl",
        ];
        assert_eq!(
            faults(
                "a = Hello { $name }\nb = B\nc = C\n",
                "a = Chào\nb = { $m }\nd = D\n"
            ),
            expected
        );
    }
}
