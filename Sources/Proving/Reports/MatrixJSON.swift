import Judging
public import Recordings
import Reporting
import TestCases

extension KillMatrix {
    /// The word in `format` by which `matrix.json` is known.
    public static let formatName = "cpmcheck-proof"
    public static let currentVersion = "1.1"

    /// The matrix for programs; `docs/PROOF.md` describes it.
    public var json: JSONValue {
        [
            "format": .string(Self.formatName), "version": .string(Self.currentVersion), "form": .string(form.rawValue),
            "started": text(started), "seconds": .number(roundedSeconds(seconds)), "seed": text(String(seed)),
            "interrupted": .bool(isInterrupted), "proven": .bool(isProven), "missing": texts(missing),
            "planned": .integer(Int64(planned)), "played": .integer(Int64(allCells.count)),
            "cases": .array(cases.map { testCase in
                let caught = catches[testCase.id] ?? []
                return [
                    "id": text(testCase.id), "title": text(testCase.title), "suite": text(testCase.suite),
                    "requirements": texts(testCase.requirements.map(\.rawValue)),
                    "role": .string(testCase.role.rawValue), "catches": texts(caught.map(\.name)),
                ]
            }),
            "idleCases": texts(idleCases.map(\.id)),
            "bindingKeys": keys.map { .array($0.map(json)) } ?? .null,
            "subjects": .array(subjects.map(json)),
        ]
    }

    private func json(_ outcome: KeyOutcome) -> JSONValue {
        [
            "key": .string(outcome.trial.key.rawValue), "value": text(outcome.trial.value),
            "case": text(outcome.trial.caseID), "defect": outcome.trial.defect.map(text) ?? .null,
            "variation": outcome.trial.variation.map(text) ?? .null, "default": .string(outcome.standard.rawValue),
            "verdict": .string(outcome.other.rawValue), "alive": .bool(outcome.isAlive), "why": text(outcome.why),
        ]
    }

    private func json(_ subject: ProofSubject) -> JSONValue {
        var value: JSONValue = [
            "name": text(subject.name), "kind": .string(subject.kind), "role": .string(subject.role.rawValue), "summary": text(subject.summary),
            "cells": .array(row(subject).map(json)),
        ]
        if let fault = subject.fault {
            let ruling = ruling(subject)
            value["check"] = text(fault.check)
            value["requirements"] = texts(fault.requirements)
            value["proven"] = .bool(ruling.isProven)
            value["caughtBy"] = texts(ruling.caughtBy.map(\.caseID))
        }
        value["allowedBy"] = subject.allowedBy.map(text)
        return value
    }

    private func json(_ cell: ProofCell) -> JSONValue {
        var value: JSONValue = [
            "case": text(cell.caseID), "mark": .string(cell.mark.rawValue), "verdict": .string(cell.verdict.rawValue),
            "seconds": .number(roundedSeconds(cell.seconds)),
        ]
        if cell.attempts > 1 { value["attempts"] = .integer(Int64(cell.attempts)) }
        // A pass has nothing more to say, and most cells pass.
        if cell.mark == .pass { return value }
        value["why"] = text(cell.why)
        value["checks"] = .array(
            cell.failed.map { check in
                [
                    "id": text(check.id), "subject": text(check.subject), "requirements": texts(check.requirements),
                    "observed": text(check.observed), "lines": .array(check.lines.map { .integer(Int64($0)) }),
                ]
            })
        value["recording"] = cell.recording.map { text("recordings/\($0)") } ?? .null
        return value
    }

    private func text(_ text: String) -> JSONValue { .string(safeText(text)) }
    private func texts(_ texts: [String]) -> JSONValue { .array(texts.map(text)) }
}
