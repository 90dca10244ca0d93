import GRDB

/// The tables of a client's store. A later version adds a step and raises `version`.
enum StoreSchema {
    static let version = 1
    /// Tells the store of a client from other SQLite files, such as an enabler's.
    static let application = 0x4350_4D43

    /// Makes the tables in a new database.
    /// - Throws: `StoreProblem` for a file of a later version or of another program.
    static func create(_ db: Database) throws {
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let owner = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        if found != 0, owner != application { throw StoreProblem.otherProgram }
        if found > version { throw StoreProblem.newerFormat(found) }
        if found == version { return }
        try db.execute(
            sql: """
                CREATE TABLE conversations (
                    id INTEGER PRIMARY KEY, conversation TEXT NOT NULL, contribution TEXT NOT NULL, subject TEXT,
                    inviter TEXT, inviterName TEXT, focus TEXT, formerFocuses TEXT NOT NULL, state TEXT NOT NULL,
                    focusIsGone INTEGER NOT NULL, refusal TEXT, createdAt INTEGER NOT NULL,
                    UNIQUE (conversation, contribution));
                CREATE TABLE messages (
                    id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL REFERENCES conversations(id),
                    messageID TEXT NOT NULL, isOwn INTEGER NOT NULL, sender TEXT, senderName TEXT, dateTime TEXT,
                    contentType TEXT NOT NULL, body BLOB NOT NULL, arrivedAt INTEGER NOT NULL, delivered TEXT NOT NULL,
                    displayed TEXT NOT NULL, isRead INTEGER NOT NULL, trail TEXT NOT NULL, audience TEXT,
                    sending TEXT NOT NULL);
                CREATE TABLE history (
                    id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL REFERENCES conversations(id),
                    kind TEXT NOT NULL, users TEXT NOT NULL, method TEXT, at INTEGER NOT NULL);
                CREATE TABLE participants (
                    conversation INTEGER NOT NULL REFERENCES conversations(id), place INTEGER NOT NULL,
                    uri TEXT NOT NULL, name TEXT, status TEXT NOT NULL, method TEXT,
                    PRIMARY KEY (conversation, place)) WITHOUT ROWID;
                CREATE TABLE dispositions (
                    messageID TEXT NOT NULL, recipient TEXT NOT NULL, recipientName TEXT, status TEXT NOT NULL, at TEXT,
                    UNIQUE (messageID, recipient, status));
                PRAGMA user_version = \(version);
                PRAGMA application_id = \(application);
                """)
    }
}

/// What can be wrong with a store besides SQLite's own errors.
enum StoreProblem: Error, CustomStringConvertible {
    case newerFormat(Int)
    case otherProgram

    var description: String {
        switch self {
        case .newerFormat(let found):
            "the store was written by a later version (format \(found)); use that version or another file"
        case .otherProgram: "the file is no store of a client; use another file"
        }
    }
}
