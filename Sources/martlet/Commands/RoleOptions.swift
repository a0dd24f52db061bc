import CommandLine

/// What one configuration file for all roles of a cluster may hold.
enum RoleOptions {
    static let all =
        ServerOptions.declarations + Watching.declarations + ClusterOptions.declarations + MasterCommand.own
        + WorkerCommand.own
        + MigrateCommand.own + DeadLettersCommand.own
}
