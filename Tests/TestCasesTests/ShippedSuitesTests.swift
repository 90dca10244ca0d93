import Diagnostics
import Recordings
import Testing

@testable import TestCases

struct ShippedSuites {
    let suites: LoadedSuites

    init() throws {
        do {
            suites = try SuiteLoader.load(directory: suitesRoot)
        } catch {
            for diagnostic in error.all { Comment(rawValue: "\(diagnostic)").report() }
            throw error
        }
    }

    @Test("the shipped suites have no mistake and enough cases")
    func loads() {
        #expect(suites.cases.count >= 15)
        #expect(Set(suites.cases.map(\.id)).count == suites.cases.count)
        let covered = Set(suites.cases.flatMap(\.requirements))
        #expect(covered == ["CPM-CONV-058", "CPM-CONV-058a", "CPM-CONV-058b", "CPM-CONV-058c", "CPM-CONV-058d"])
    }

    @Test("every shipped case is the same after a way through its recording")
    func roundTrip() throws {
        for testCase in suites.cases {
            let text = testCase.json.canonicalText
            let back = try TestCase(json: JSONValue(parsing: text))
            #expect(back == testCase)
            #expect(back.json.canonicalText == text)
            #expect(back.digest == testCase.digest)
            #expect(back.steps == testCase.steps)
            #expect(back.expectations == testCase.expectations)
            #expect(back.effectiveNeeds == testCase.effectiveNeeds)
        }
    }

    @Test("every shipped case names its places in the file")
    func places() {
        for testCase in suites.cases {
            #expect(testCase.place?.line ?? 0 > 0)
            #expect(testCase.steps.allSatisfy { $0.place?.line ?? 0 > 0 })
        }
    }

    @Test("the embedded enabler is asked every shipped case, one that claims nothing fewer, each with a reason")
    func selection() throws {
        let address = IXITAddress(host: "127.0.0.1", port: 5060)
        let embedded = ImplementationDescription.embedded(address: address)
        let all = try Selection(cases: suites.cases, for: embedded)
        for left in all.notApplicable {
            let isProfiled = ["policy item", "'longest-backlog'", "about the client"].contains { left.reason.contains($0) }
            #expect(isProfiled, "\(left.testCase.id): \(left.reason)")
        }
        #expect(all.selected.count + all.notApplicable.count == suites.cases.count)

        var modest = embedded
        modest.ics = ICS()
        let some = try Selection(cases: suites.cases, for: modest)
        #expect(some.selected.count + some.notApplicable.count == suites.cases.count)
        for left in some.notApplicable {
            let named = ["ICS option", "policy item", "'longest-backlog'", "about the client"].contains { left.reason.contains($0) }
            #expect(named, "\(left.testCase.id): \(left.reason)")
        }
        #expect(some.notApplicable.contains { $0.testCase.requirements.contains("CPM-CONV-058b") })
        #expect(some.selected.contains { $0.id == "058a-messages-missed-from-the-start--absence.never-answers" })
    }

    @Test("the shipped profile has every key, its defaults those that the code takes")
    func binding() {
        #expect(suites.bindingDefinitions.map(\.key.rawValue).sorted() == BindingKey.allCases.map(\.rawValue).sorted())
        for definition in suites.bindingDefinitions {
            #expect(definition.standard == BindingProfile.standard[definition.key])
            #expect(Set(definition.permitted) == Set(definition.key.permitted))
        }
        #expect(suites.binding == .standard || suites.binding.json == BindingProfile.standard.json)
    }

    @Test("the three behaviours, both fates of the session and every kind of expectation occur")
    func coverage() {
        let absences = Set(suites.cases.flatMap(\.actors).map(\.absence))
        for absence in [Absence.joinsLate, .neverAnswers, .losesConnection, .fallsSilent, .leaves, .neverInvited] {
            #expect(absences.contains(absence))
        }
        let words = Set(suites.cases.flatMap(\.expectations).map(\.kind.word))
        #expect(words == Set(ExpectationWord.allCases))
        let endings = Set(suites.cases.map { $0.scene(before: $0.steps.count).groups.values.first?.ended })
        #expect(endings == [nil, .everyoneLeaves, .inactivity, .dismissed])
    }
}

extension Comment {
    func report() { Issue.record(self) }
}
