import Learners
import Testing

/// Every learner ends when it is told to.
@Suite struct StoppingConformanceTests {
    @Test(arguments: ConformanceCase.all)
    func cancelledBeforehand(_ subject: ConformanceCase) throws {
        let cancellation = Cancellation()
        cancellation.cancel()
        let context = TrainingContext(cancellation: cancellation)
        #expect(throws: TrainingError.cancelled) { _ = try subject.fit(subject.problem(), context: context) }
    }

    /// Cancelled from the first report of progress: nothing but the end of the work may still come.
    @Test(arguments: ConformanceCase.all)
    func cancelledOnTheWay(_ subject: ConformanceCase) throws {
        let cancellation = Cancellation()
        let context = TrainingContext(
            cancellation: cancellation,
            progress: { share in
                #expect(share >= 0 && share <= 1)
                if share < 0.5 { cancellation.cancel() }
            })
        do {
            _ = try subject.fit(subject.problem(), context: context)
            #expect(!cancellation.isCancelled, "went on after it was cancelled")
        } catch {
            #expect(error as? TrainingError == .cancelled)
        }
    }

    @Test(arguments: ConformanceCase.all, [-1, 0, 0.001, 0.01])
    func deadlines(_ subject: ConformanceCase, seconds: Double) throws {
        let problem = subject.problem()
        let context = TrainingContext(deadline: .after(seconds: seconds))
        do {
            let model = try subject.fit(problem, context: context)
            subject.check(try model.predict(problem.features, context: TrainingContext()), rows: 200, problem.target)
        } catch {
            #expect(error as? TrainingError == .deadlineExceeded)
        }
    }

    @Test(arguments: ConformanceCase.all)
    func predictionsStopToo(_ subject: ConformanceCase) throws {
        let problem = subject.problem()
        let model = try subject.fit(problem)
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(throws: TrainingError.cancelled) {
            _ = try model.predict(problem.features, context: TrainingContext(cancellation: cancellation))
        }
    }
}
