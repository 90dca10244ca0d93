import EnablerReference
import TestCases

extension EnablerSettings {
    /// The reference enabler as the embedded run uses it: the times of the description that is made for it.
    static var embedded: EnablerSettings {
        var settings = EnablerSettings()
        let timers = Timers.embedded
        settings.noAnswer = timers[.noAnswer]
        settings.lossRecognition = timers[.lossRecognition]
        settings.inactivity = timers[.inactivity]
        return settings
    }
}
