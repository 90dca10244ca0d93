import GRDB

/// The tables of a store. A later version adds a step and raises `version`.
enum StoreSchema {
    static let version = 1

    /// Makes the tables in a new database.
    /// - Throws: `StoreProblem.newerFormat` for a file of a later version.
    static func create(_ db: Database) throws {
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if found > version { throw StoreProblem.newerFormat(found) }
        if found == version { return }
        try db.execute(
            sql: """
                CREATE TABLE groups (
                    id INTEGER PRIMARY KEY, focus TEXT NOT NULL UNIQUE, conversation TEXT NOT NULL,
                    contribution TEXT NOT NULL, subject TEXT, creator TEXT NOT NULL, ended TEXT,
                    createdAt INTEGER NOT NULL);
                CREATE TABLE members (
                    groupID INTEGER NOT NULL REFERENCES groups(id), user TEXT NOT NULL, displayName TEXT,
                    status TEXT NOT NULL, UNIQUE (groupID, user));
                CREATE TABLE items (
                    id INTEGER PRIMARY KEY, groupID INTEGER NOT NULL REFERENCES groups(id), kind TEXT NOT NULL,
                    sender TEXT, messageID TEXT, contentType TEXT NOT NULL, body BLOB NOT NULL,
                    createdAt INTEGER NOT NULL);
                CREATE TABLE owed (
                    user TEXT NOT NULL, item INTEGER NOT NULL REFERENCES items(id), state TEXT NOT NULL,
                    PRIMARY KEY (user, item)) WITHOUT ROWID;
                CREATE INDEX itemsOfGroup ON items (groupID, kind, id);
                PRAGMA user_version = \(version);
                """)
    }
}

/// What can be wrong with a store besides SQLite's own errors.
enum StoreProblem: Error, CustomStringConvertible {
    case newerFormat(Int)

    var description: String {
        switch self {
        case .newerFormat(let found):
            "the store was written by a later version (format \(found)); use that version or another file"
        }
    }
}
