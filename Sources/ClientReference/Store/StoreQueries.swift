import Foundation
import GRDB

/// The statements of a store.
enum StoreQueries {
    static func apply(_ change: StoreChange, to db: Database) throws {
        switch change {
        case .conversation(let record): try put(record, in: db)
        case .message(let record): try put(record, in: db)
        case .progress(let record): try update(record, in: db)
        case .history(let record):
            try db.execute(
                sql: "INSERT INTO history (id, conversation, kind, users, method, at) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    record.id, record.conversation, record.kind.rawValue, json(record.users), record.method, record.at,
                ])
        case .participants(let list, let conversation): try put(list, of: conversation, in: db)
        case .disposition(let record):
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO dispositions (messageID, recipient, recipientName, status, at)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [record.messageID, record.recipient.uri, record.recipient.name, record.status, record.at])
        case .forgetDisposition(let record):
            try db.execute(
                sql: "DELETE FROM dispositions WHERE messageID = ? AND recipient = ? AND status = ?",
                arguments: [record.messageID, record.recipient.uri, record.status])
        case .forget(let conversation):
            for table in ["messages", "history", "participants"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE conversation = ?", arguments: [conversation])
            }
            try db.execute(sql: "DELETE FROM conversations WHERE id = ?", arguments: [conversation])
        }
    }

    private static func put(_ record: ConversationRecord, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO conversations (id, conversation, contribution, subject, inviter, inviterName, focus,
                    formerFocuses, state, focusIsGone, refusal, createdAt)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, inviter = excluded.inviter,
                    inviterName = excluded.inviterName, focus = excluded.focus, formerFocuses = excluded.formerFocuses,
                    state = excluded.state, focusIsGone = excluded.focusIsGone, refusal = excluded.refusal
                """)
        try statement.execute(arguments: [
            record.id, record.group.conversation, record.group.contribution, record.subject, record.inviter?.uri,
            record.inviter?.name, record.focus, json(record.formerFocuses), record.state.rawValue, record.focusIsGone,
            record.refusal, record.createdAt,
        ])
    }

    private static func put(_ record: MessageRecord, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO messages (id, conversation, messageID, isOwn, sender, senderName, dateTime, contentType, body,
                    arrivedAt, delivered, displayed, isRead, trail, audience, sending)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            record.id, record.conversation, record.messageID, record.isOwn, record.sender?.uri, record.sender?.name,
            record.dateTime, record.contentType, Data(record.body), record.arrivedAt, record.delivered.rawValue,
            record.displayed.rawValue, record.isRead, json(record.trail), record.audience.map { json($0) },
            record.sending.rawValue,
        ])
    }

    private static func update(_ record: MessageRecord, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "UPDATE messages SET delivered = ?, displayed = ?, isRead = ?, sending = ? WHERE id = ?")
        try statement.execute(arguments: [
            record.delivered.rawValue, record.displayed.rawValue, record.isRead, record.sending.rawValue, record.id,
        ])
    }

    private static func put(_ list: [Participant], of conversation: Int64, in db: Database) throws {
        try db.execute(sql: "DELETE FROM participants WHERE conversation = ?", arguments: [conversation])
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO participants (conversation, place, uri, name, status, method) VALUES (?, ?, ?, ?, ?, ?)
                """)
        for (place, participant) in list.enumerated() {
            try statement.execute(arguments: [
                conversation, place, participant.person.uri, participant.person.name, participant.status,
                participant.method,
            ])
        }
    }

    // MARK: Reading

    static func contents(_ db: Database) throws -> StoreContents {
        var contents = StoreContents()
        contents.conversations = try Row.fetchAll(db, sql: "SELECT * FROM conversations ORDER BY id").map(conversation)
        contents.messages = try Row.fetchAll(db, sql: "SELECT * FROM messages ORDER BY id").map(message)
        contents.history = try Row.fetchAll(db, sql: "SELECT * FROM history ORDER BY id").map { row in
            HistoryRecord(
                id: row["id"], conversation: row["conversation"], kind: HistoryRecord.Kind(rawValue: row["kind"]) ?? .began,
                users: value([Person].self, row["users"]) ?? [], method: row["method"], at: row["at"])
        }
        for row in try Row.fetchAll(db, sql: "SELECT * FROM participants ORDER BY conversation, place") {
            let participant = Participant(
                person: Person(uri: row["uri"], name: row["name"]), status: row["status"], method: row["method"])
            contents.participants[row["conversation"], default: []].append(participant)
        }
        contents.dispositions = try Row.fetchAll(db, sql: "SELECT * FROM dispositions ORDER BY rowid").map { row in
            DispositionRecord(
                messageID: row["messageID"], recipient: Person(uri: row["recipient"], name: row["recipientName"]),
                status: row["status"], at: row["at"])
        }
        return contents
    }

    private static func conversation(from row: Row) -> ConversationRecord {
        ConversationRecord(
            id: row["id"], group: GroupKey(conversation: row["conversation"], contribution: row["contribution"]),
            subject: row["subject"], inviter: person(row, "inviter", "inviterName"), focus: row["focus"],
            formerFocuses: value([String].self, row["formerFocuses"]) ?? [],
            state: ConversationState(rawValue: row["state"]) ?? .ended, focusIsGone: row["focusIsGone"],
            refusal: row["refusal"], createdAt: row["createdAt"])
    }

    private static func message(from row: Row) -> MessageRecord {
        var record = MessageRecord(
            id: row["id"], conversation: row["conversation"], messageID: row["messageID"], isOwn: row["isOwn"],
            sender: person(row, "sender", "senderName"), dateTime: row["dateTime"], contentType: row["contentType"],
            body: [UInt8](row["body"] as Data), arrivedAt: row["arrivedAt"])
        record.delivered = ReportState(rawValue: row["delivered"]) ?? .unwanted
        record.displayed = ReportState(rawValue: row["displayed"]) ?? .unwanted
        record.isRead = row["isRead"]
        record.trail = value(ReportTrail.self, row["trail"]) ?? ReportTrail()
        record.audience = (row["audience"] as String?).flatMap { value([String].self, $0) }
        record.sending = SendState(rawValue: row["sending"]) ?? .sent
        return record
    }

    private static func person(_ row: Row, _ uri: String, _ name: String) -> Person? {
        (row[uri] as String?).map { Person(uri: $0, name: row[name]) }
    }

    private static func json(_ value: some Encodable) -> String {
        (try? JSONEncoder().encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }

    private static func value<Value: Decodable>(_ type: Value.Type, _ text: String) -> Value? {
        try? JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
