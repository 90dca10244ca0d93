import Payloads

extension MSRPMedia {
    /// Whether the one who described its media so takes an item of this type and size (RFC 4975 §8.6, §8.7).
    func takes(_ item: Item, _ contentType: String?, bytes: Int) -> Bool {
        if let maxSize, bytes > maxSize { return false }
        guard let type = contentType.flatMap({ MediaType($0) }) else { return true }
        // Without a list nobody can say what is meant.
        guard acceptTypes.isEmpty || accepts(type) else { return false }
        // What is in the wrapping is known of what can be read.
        guard type.essence == MediaType.cpim.essence, let inner = Self.wrapped(item) else { return true }
        return acceptWrappedTypes.isEmpty || accepts(inner, wrapped: true)
    }

    private static func wrapped(_ item: Item) -> MediaType? {
        switch item {
        case .message(let message): MediaType(message.contentType)
        case .dispositions(let all): all.count == 1 ? .imdn : nil
        case .roster: .conferenceInfo
        case .composing: .isComposing
        case .other: nil
        }
    }
}
