/// The version of Martlet that is written into models.
public let martletVersion = "0.1.0"
