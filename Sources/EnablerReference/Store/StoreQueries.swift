import Foundation
import GRDB

/// The statements of the store; each runs on the database's queue.
enum StoreQueries {
    static func apply(_ change: StoreChange, to db: Database) throws {
        switch change {
        case .group(let group): try put(group, in: db)
        case .member(let member): try put(member, in: db)
        case .item(let item, let users): try put(item, owedTo: users, in: db)
        case .mark(let items, let user, let state):
            let statement = try db.cachedStatement(sql: "UPDATE owed SET state = ? WHERE user = ? AND item = ?")
            for item in items { try statement.execute(arguments: [state.rawValue, user.uri, item]) }
        case .forget(let group):
            try db.execute(
                sql: "DELETE FROM owed WHERE item IN (SELECT id FROM items WHERE groupID = ?)", arguments: [group])
            try db.execute(sql: "DELETE FROM items WHERE groupID = ?", arguments: [group])
            try db.execute(sql: "DELETE FROM members WHERE groupID = ?", arguments: [group])
            try db.execute(sql: "DELETE FROM groups WHERE id = ?", arguments: [group])
        }
    }

    private static func put(_ group: StoredGroup, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO groups (id, focus, conversation, contribution, subject, creator, ended, createdAt)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET ended = excluded.ended
                """)
        try statement.execute(arguments: [
            group.id, group.focus, group.conversation, group.contribution, group.subject, group.creator.uri,
            group.ended?.rawValue, group.createdAt,
        ])
    }

    private static func put(_ member: StoredMember, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO members (groupID, user, displayName, status) VALUES (?, ?, ?, ?)
                ON CONFLICT (groupID, user) DO UPDATE SET status = excluded.status
                """)
        try statement.execute(arguments: [member.group, member.user.uri, member.displayName, member.status.rawValue])
    }

    private static func put(_ item: StoredItem, owedTo users: [UserAddress], in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO items (id, groupID, kind, sender, messageID, contentType, body, createdAt)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            item.id, item.group, item.kind.rawValue, item.sender?.uri, item.messageID, item.contentType,
            Data(item.body), item.createdAt,
        ])
        let owed = try db.cachedStatement(sql: "INSERT OR IGNORE INTO owed (user, item, state) VALUES (?, ?, 'owed')")
        for user in users { try owed.execute(arguments: [user.uri, item.id]) }
    }

    static func items(_ ids: [Int64], in db: Database) throws -> [StoredItem] {
        let statement = try db.cachedStatement(sql: "SELECT * FROM items WHERE id = ?")
        return try ids.compactMap { id in
            try Row.fetchOne(statement, arguments: [id]).flatMap(item(from:))
        }
    }

    static func roster(of group: Int64, before id: Int64, in db: Database) throws -> StoredItem? {
        let statement = try db.cachedStatement(
            sql: "SELECT * FROM items WHERE groupID = ? AND id < ? AND kind = 'roster' ORDER BY id DESC LIMIT 1")
        return try Row.fetchOne(statement, arguments: [group, id]).flatMap(item(from:))
    }

    static func states(of user: UserAddress, in db: Database) throws -> [Int64: OwedState] {
        var states: [Int64: OwedState] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT item, state FROM owed WHERE user = ?", arguments: [user.uri]) {
            states[row["item"]] = OwedState(rawValue: row["state"])
        }
        return states
    }

    static func contents(_ db: Database, withConfirmed: Bool = false) throws -> StoreContents {
        var contents = StoreContents()
        contents.groups = try Row.fetchAll(db, sql: "SELECT * FROM groups ORDER BY id").map(group(from:))
        contents.members = try Row.fetchAll(db, sql: "SELECT * FROM members ORDER BY rowid").map(member(from:))
        contents.owed = try Row.fetchAll(
            db,
            sql: """
                SELECT owed.item, items.groupID, owed.user, owed.state, items.kind, items.sender, length(items.body) AS bytes,
                       items.createdAt
                FROM owed JOIN items ON items.id = owed.item
                WHERE owed.state IN ('owed', 'offered') OR (? AND owed.state = 'confirmed' AND items.kind = 'message')
                ORDER BY owed.item
                """,
            arguments: [withConfirmed]
        ).compactMap(entry(from:))
        contents.messages = try Row.fetchAll(
            db,
            sql: """
                SELECT groupID, messageID, sender FROM items
                WHERE kind = 'message' AND messageID IS NOT NULL AND sender IS NOT NULL ORDER BY id
                """
        ).map { row in
            KnownMessage(
                group: row["groupID"], messageID: row["messageID"], sender: UserAddress(canonical: row["sender"]))
        }
        contents.lastItem = try Int64.fetchOne(db, sql: "SELECT max(id) FROM items") ?? 0
        contents.lastGroup = contents.groups.last?.id ?? 0
        return contents
    }

    private static func group(from row: Row) -> StoredGroup {
        let ended: String? = row["ended"]
        return StoredGroup(
            id: row["id"], focus: row["focus"], conversation: row["conversation"],
            contribution: row["contribution"], subject: row["subject"],
            creator: UserAddress(canonical: row["creator"]), ended: ended.flatMap(EndCause.init(rawValue:)),
            createdAt: row["createdAt"])
    }

    private static func member(from row: Row) -> StoredMember {
        StoredMember(
            group: row["groupID"], user: UserAddress(canonical: row["user"]), displayName: row["displayName"],
            status: MemberStatus(rawValue: row["status"]) ?? .departed)
    }

    private static func item(from row: Row) -> StoredItem? {
        guard let kind = ItemKind(rawValue: row["kind"]) else { return nil }
        let sender: String? = row["sender"]
        return StoredItem(
            id: row["id"], group: row["groupID"], kind: kind,
            sender: sender.map(UserAddress.init(canonical:)), messageID: row["messageID"],
            contentType: row["contentType"], body: [UInt8](row["body"] as Data), createdAt: row["createdAt"])
    }

    private static func entry(from row: Row) -> OwedEntry? {
        guard let kind = ItemKind(rawValue: row["kind"]), let state = OwedState(rawValue: row["state"]) else { return nil }
        let sender: String? = row["sender"]
        return OwedEntry(
            item: row["item"], group: row["groupID"], user: UserAddress(canonical: row["user"]), kind: kind,
            sender: sender.map(UserAddress.init(canonical:)), bytes: row["bytes"], createdAt: row["createdAt"],
            state: state)
    }
}
