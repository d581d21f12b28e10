//! The places of one file that can be mutated, and the text that mutates them.
//!
//! A comparison `a < b` becomes `match (&(a), &(b)) { (l, r) => pick(N, l < r, [l <= r, l >= r]) }`; `a && b` becomes
//! `match a { l => if and(N, l) { b } else { l } }`, so that either operand stands in the text once and temporaries live as long as before.

use std::ops::Range;

use proc_macro2::Span;
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, ExprBinary, ExprCall, ExprLit, ExprMethodCall, ExprRange, ItemFn, Lit, RangeLimits, Token};

pub struct Mutation {
    pub number: usize,
    pub function: String,
    pub line: usize,
    pub kind: String,
    /// As written.
    pub text: String,
    /// What it is mutated to.
    pub to: String,
}

struct Edit {
    at: Range<usize>,
    text: String,
}

pub struct Sites<'a> {
    source: &'a str,
    pub next: usize,
    pub found: Vec<Mutation>,
    functions: Vec<String>,
    edits: Vec<Edit>,
}

impl<'a> Sites<'a> {
    pub fn of(source: &'a str, first: usize) -> Self {
        let file = syn::parse_file(source).expect("Rust");
        let mut sites = Self { source, next: first, found: Vec::new(), functions: Vec::new(), edits: Vec::new() };
        sites.visit_file(&file);
        sites
    }

    /// Outer before inner where both begin at one place; outer after inner where both end there. Edits are in that order already.
    pub fn written(mut self, source: &str) -> String {
        self.edits.sort_by_key(|edit| edit.at.start);
        let mut text = String::with_capacity(source.len() * 2);
        let mut at = 0;
        for edit in &self.edits {
            text.push_str(&source[at..edit.at.start]);
            text.push_str(&edit.text);
            at = edit.at.end;
        }
        text + &source[at..]
    }

    fn note(&mut self, kind: &str, span: Span, to: &[&str]) -> usize {
        let number = self.next;
        for (at, to) in to.iter().enumerate() {
            self.found.push(Mutation {
                number: number + at,
                function: self.functions.last().cloned().unwrap_or_default(),
                line: span.start().line,
                kind: kind.to_owned(),
                text: self.source[span.byte_range()].to_owned(),
                to: (*to).to_owned(),
            });
        }
        self.next += to.len();
        number
    }

    fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.edits.push(Edit { at: at..at, text: text.into() });
    }

    fn replace(&mut self, at: Range<usize>, text: impl Into<String>) {
        self.edits.push(Edit { at, text: text.into() });
    }

    fn comparison(&mut self, binary: &ExprBinary, to: &[&str]) {
        let (span, own) = (binary.span().byte_range(), binary.op.span().byte_range());
        let number = self.note("comparison", binary.span(), to);
        let op = &self.source[own.clone()];
        let others: Vec<String> = to.iter().map(|other| format!("l {other} r")).collect();
        let end = format!(")) {{ (l, r) => crate::mutant::pick({number}, l {op} r, [{}]) }})", others.join(", "));
        self.insert(span.start, "(match (&(");
        self.visit_expr(&binary.left);
        self.replace(own, "), &(");
        self.visit_expr(&binary.right);
        self.insert(span.end, end);
    }

    fn junction(&mut self, binary: &ExprBinary, name: &str, to: &str) {
        let (span, own) = (binary.span().byte_range(), binary.op.span().byte_range());
        let number = self.note("junction", binary.span(), &[to]);
        let middle = if name == "and" {
            format!(" {{ l => if crate::mutant::and({number}, l) {{ ")
        } else {
            format!(" {{ l => if crate::mutant::or({number}, l) {{ l }} else {{ ")
        };
        self.insert(span.start, "(match (");
        self.visit_expr(&binary.left);
        self.replace(own, format!("){middle}"));
        self.visit_expr(&binary.right);
        self.insert(span.end, if name == "and" { " } else { l } })" } else { " } })" });
    }

    /// The figure 1 added, taken away, or given to a call that moves by it.
    fn figure(&mut self, whole: Span, one: &Expr) {
        let number = self.note("figure", whole, &["0", "2"]);
        self.replace(one.span().byte_range(), format!("crate::mutant::figure({number}, 1)"));
    }

    /// `(a..=b).contains(x)`: either end left out.
    fn range(&mut self, call: &ExprMethodCall, range: &ExprRange) {
        let (Some(from), Some(to), Some(sought)) = (&range.start, &range.end, call.args.first()) else { return };
        let end = if matches!(range.limits, RangeLimits::Closed(_)) { "<=" } else { "<" };
        let other = if end == "<=" { "<" } else { "<=" };
        let number =
            self.note("range", call.span(), &["without its first", if end == "<=" { "without its last" } else { "with its last" }]);
        let text = |part: Span| self.source[part.byte_range()].to_owned();
        let (from, to, sought) = (text(from.span()), text(to.span()), text(sought.span()));
        let variants = format!("f <= x && x {end} t, [f < x && x {end} t, f <= x && x {other} t]");
        let text = format!("(match (&({from}), &({to}), {sought}) {{ (f, t, x) => crate::mutant::pick({number}, {variants}) }})");
        self.replace(call.span().byte_range(), text);
    }

    /// A method of one receiver and at most one argument, handed to a function that can do its opposite.
    fn opposite(&mut self, call: &ExprMethodCall, receiver: &str, to: &str) {
        let number = self.note("opposite", call.span(), &[to]);
        let span = call.span().byte_range();
        let name = &self.source[call.method.span().byte_range()];
        let name = format!("{name}{}", if call.args.is_empty() { "_of" } else { "" });
        self.insert(span.start, format!("crate::mutant::{name}({number}, {receiver}("));
        self.visit_expr(&call.receiver);
        let dot = call.dot_token.span().byte_range().start;
        match call.args.first() {
            Some(argument) => {
                self.replace(dot..argument.span().byte_range().start, "), ");
                self.visit_expr(argument);
            }
            None => self.replace(dot..span.end, "))"),
        }
    }

    fn step(&mut self, call: &ExprMethodCall) {
        let name = call.method.to_string();
        let to: &[&str] = if name == "next" { &["the same", "two on"] } else { &["the same", "two"] };
        let number = self.note("step", call.span(), to);
        self.insert(call.span().byte_range().start, format!("crate::mutant::{name}({number}, "));
        visit::visit_expr_method_call(self, call);
        self.insert(call.span().byte_range().end, ")");
    }
}

fn is_one(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(ExprLit { lit: Lit::Int(figure), .. }) if figure.base10_digits() == "1" && figure.suffix().is_empty())
}

fn range_of(expr: &Expr) -> Option<&ExprRange> {
    match expr {
        Expr::Paren(paren) => range_of(&paren.expr),
        Expr::Range(range) if range.start.is_some() && range.end.is_some() => Some(range),
        _ => None,
    }
}

/// A chain with `let` cannot be turned into `||`.
fn binds(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => binds(&binary.left) || binds(&binary.right),
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Sites<'_> {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        if function.sig.constness.is_none() && !is_test(&function.attrs) {
            self.functions.push(function.sig.ident.to_string());
            visit::visit_item_fn(self, function);
            self.functions.pop();
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if function.sig.constness.is_none() {
            self.functions.push(function.sig.ident.to_string());
            visit::visit_impl_item_fn(self, function);
            self.functions.pop();
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}
    fn visit_pat(&mut self, _: &'ast syn::Pat) {}

    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        match binary.op {
            BinOp::Lt(_) => self.comparison(binary, &["<=", ">="]),
            BinOp::Le(_) => self.comparison(binary, &["<", ">"]),
            BinOp::Gt(_) => self.comparison(binary, &[">=", "<="]),
            BinOp::Ge(_) => self.comparison(binary, &[">", "<"]),
            BinOp::Eq(_) => self.comparison(binary, &["!="]),
            BinOp::Ne(_) => self.comparison(binary, &["=="]),
            BinOp::And(_) if !binds(&binary.left) && !binds(&binary.right) => self.junction(binary, "and", "||"),
            BinOp::Or(_) => self.junction(binary, "or", "&&"),
            BinOp::Add(_) | BinOp::Sub(_) if is_one(&binary.right) => {
                self.visit_expr(&binary.left);
                self.figure(binary.span(), &binary.right);
            }
            _ => visit::visit_expr_binary(self, binary),
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let name = call.method.to_string();
        match (name.as_str(), call.args.first()) {
            ("pred_opt" | "succ_opt" | "next", None) => self.step(call),
            ("checked_sub" | "checked_add" | "plus", Some(one)) if is_one(one) => {
                self.visit_expr(&call.receiver);
                self.figure(call.span(), one);
            }
            ("plus", Some(Expr::Unary(minus))) if is_one(&minus.expr) => {
                self.visit_expr(&call.receiver);
                self.figure(call.span(), &minus.expr);
            }
            ("contains", Some(_)) if range_of(&call.receiver).is_some() => {
                if let Some(range) = range_of(&call.receiver) {
                    self.range(call, range);
                }
            }
            ("min", _) => self.opposite(call, "", "max"),
            ("max", _) => self.opposite(call, "", "min"),
            ("any", Some(_)) => self.opposite(call, "&mut ", "all"),
            ("all", Some(_)) => self.opposite(call, "&mut ", "any"),
            ("is_some_and", Some(_)) => self.opposite(call, "", "is_none_or"),
            ("is_none_or", Some(_)) => self.opposite(call, "", "is_some_and"),
            _ => visit::visit_expr_method_call(self, call),
        }
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        let is_days = matches!(&*call.func, Expr::Path(path) if path.path.segments.iter().any(|s| s.ident == "Days"));
        match call.args.first() {
            Some(one) if is_days && is_one(one) => self.figure(call.span(), one),
            _ => visit::visit_expr_call(self, call),
        }
    }

    /// `matches!(value, pattern if condition)`; other macros keep their arguments as they are.
    fn visit_macro(&mut self, written: &'ast syn::Macro) {
        if written.path.is_ident("matches") {
            let parts = |input: syn::parse::ParseStream| {
                let value: Expr = input.parse()?;
                input.parse::<Token![,]>()?;
                syn::Pat::parse_multi_with_leading_vert(input)?;
                let condition = if input.parse::<Option<Token![if]>>()?.is_some() { Some(input.parse::<Expr>()?) } else { None };
                input.parse::<Option<Token![,]>>()?;
                Ok((value, condition))
            };
            let (value, condition) = parts.parse2(written.tokens.clone()).expect("value and pattern");
            // Both live as long as this call only, and nothing of them is kept.
            visit_parts(self, &value, condition.as_ref());
        }
    }
}

fn visit_parts(sites: &mut Sites, value: &Expr, condition: Option<&Expr>) {
    Visit::visit_expr(sites, value);
    if let Some(condition) = condition {
        Visit::visit_expr(sites, condition);
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|a| {
        a.path().is_ident("test")
            || (a.path().is_ident("cfg") && matches!(&a.meta, syn::Meta::List(list) if list.tokens.to_string() == "test"))
    })
}
