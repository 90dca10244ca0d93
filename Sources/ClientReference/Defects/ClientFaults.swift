/// Where the defects of a client act. Without one, everything passes through unchanged.
struct ClientFaults: Sendable {
    let defects: Set<ClientDefect>
    let showing: ShowingFaults
    let lists: ListFaults
    let dispositions: DispositionFaults
    let reports: ReportFaults
    let restarts: RestartFaults
    let answers: AnswerFaults
    let tester: TesterFaults

    init(_ defects: Set<ClientDefect>) {
        self.defects = defects
        showing = ShowingFaults(defects)
        lists = ListFaults(defects)
        dispositions = DispositionFaults(defects)
        reports = ReportFaults(defects)
        restarts = RestartFaults(defects)
        answers = AnswerFaults(defects)
        tester = TesterFaults(defects)
    }

    /// What a client that is started again finds of what was kept.
    func found(_ contents: StoreContents) -> StoreContents {
        guard defects.contains(.lostAtRestart) else { return contents }
        var contents = contents
        contents.messages = []
        contents.history = []
        return contents
    }
}
