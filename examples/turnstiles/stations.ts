/** A control area of a station of New York's subway: who it is, how many turnstiles it has and how busy it is (1 = the busiest). */
export interface Station {
  readonly controlArea: string
  readonly unit: string
  readonly name: string
  readonly lines: string
  readonly division: string
  readonly turnstiles: number
  readonly busy: number
}

const station = (
  controlArea: string,
  unit: string,
  name: string,
  lines: string,
  division: string,
  turnstiles: number,
  busy: number,
): Station => Object.freeze({ controlArea, unit, name, lines, division, turnstiles, busy })

/** Facts: names, lines, divisions and control areas as the MTA publishes them. */
export const STATIONS: readonly Station[] = [
  station('R235', 'R045', 'GRD CNTRL-42 ST', '4567S', 'IRT', 31, 1.0),
  station('N067', 'R012', '34 ST-PENN STA', 'ACE', 'IND', 18, 0.99),
  station('PTH22', 'R540', 'PATH NEW WTC', '1', 'PTH', 15, 0.97),
  station('N062', 'R011', '42 ST-PORT AUTH', 'ACENQRS1237W', 'IND', 14, 0.96),
  station('R143', 'R032', 'TIMES SQ-42 ST', '1237ACENQRSW', 'IRT', 14, 0.94),
  station('A049', 'R088', 'CORTLANDT ST', 'RNW', 'BMT', 13, 0.93),
  station('R113', 'R028', 'FULTON ST', '2345ACJZ', 'IRT', 12, 0.91),
  station('N505', 'R022', '34 ST-HERALD SQ', 'BDFMNQRW', 'IND', 12, 0.9),
  station('N500', 'R020', '47-50 STS ROCK', 'BDFM', 'IND', 11, 0.89),
  station('R106', 'R305', 'WTC-CORTLANDT', '1', 'IRT', 11, 0.87),
  station('A043', 'R462', 'CANAL ST', 'JNQRZ6W', 'BMT', 11, 0.86),
  station('R533', 'R055', 'FLUSHING-MAIN', '7', 'IRT', 11, 0.84),
  station('N305', 'R017', 'LEXINGTON AV/53', 'EM6', 'IND', 10, 0.83),
  station('R532', 'R328', 'METS-WILLETS PT', '7', 'IRT', 10, 0.81),
  station('R550', 'R072', '34 ST-HUDSON YD', '7', 'IRT', 10, 0.8),
  station('N102', 'R127', 'JAY ST-METROTEC', 'ACF', 'IND', 9, 0.79),
  station('R200A', 'R041', 'BOWLING GREEN', '45', 'IRT', 9, 0.77),
  station('R244', 'R050', '59 ST', '456NQRW', 'IRT', 9, 0.76),
  station('R203', 'R043', 'WALL ST', '45', 'IRT', 9, 0.74),
  station('A033', 'R170', '14 ST-UNION SQ', 'LNQR456W', 'BMT', 9, 0.73),
  station('N049', 'R084', '59 ST COLUMBUS', 'ABCD1', 'IND', 9, 0.71),
  station('R138', 'R293', '34 ST-PENN STA', '123ACE', 'IRT', 9, 0.7),
  station('S101', 'R070', 'ST. GEORGE', '1', 'SRT', 8, 0.69),
  station('A013', 'R081', '49 ST', 'NQRW', 'BMT', 8, 0.67),
  station('N091', 'R029', 'CHAMBERS ST', 'ACE23', 'IND', 8, 0.66),
  station('N095A', 'R014', 'FULTON ST', '2345ACJZ', 'IND', 8, 0.64),
  station('N342', 'R019', 'JAMAICA 179 ST', 'F', 'IND', 8, 0.63),
  station('R226', 'R131', '23 ST', '6', 'IRT', 8, 0.61),
  station('H007', 'R248', '1 AV', 'L', 'BMT', 8, 0.6),
  station('N309A', 'R140', 'QUEENS PLAZA', 'EMR', 'IND', 8, 0.59),
  station('N333', 'R141', 'FOREST HILLS 71', 'EFMR', 'IND', 8, 0.57),
  station('R610', 'R057', 'ATL AV-BARCLAY', '2345BDNQR', 'IRT', 8, 0.56),
  station('PTH07', 'R550', 'CITY / BUS', '1', 'PTH', 7, 0.54),
  station('PTH16', 'R550', 'LACKAWANNA', '1', 'PTH', 7, 0.53),
  station('R159', 'R164', '66 ST-LINCOLN', '1', 'IRT', 7, 0.51),
  station('R168A', 'R168', '96 ST', '123', 'IRT', 7, 0.5),
  station('R242', 'R049', '51 ST', '6', 'IRT', 7, 0.49),
  station('R249', 'R179', '86 ST', '456', 'IRT', 7, 0.47),
  station('N323', 'R018', 'JKSN HT-ROOSVLT', 'EFMR7', 'IND', 7, 0.46),
  station('N510', 'R163', '14 ST', 'FLM123', 'IND', 7, 0.44),
  station('PTH03', 'R552', 'JOURNAL SQUARE', '1', 'PTH', 7, 0.43),
  station('R110', 'R027', 'WALL ST', '23', 'IRT', 7, 0.41),
  station('R161A', 'R452', '72 ST', '123', 'IRT', 7, 0.4),
  station('R231', 'R176', '33 ST', '6', 'IRT', 7, 0.39),
  station('N303', 'R015', '5 AV/53 ST', 'EM', 'IND', 7, 0.37),
  station('N502', 'R021', '42 ST-BRYANT PK', 'BDFM7', 'IND', 7, 0.36),
  station('N606', 'R025', 'JAMAICA CENTER', 'EJZ', 'IND', 7, 0.34),
  station('PTH05', 'R543', 'EXCHANGE PLACE', '1', 'PTH', 7, 0.33),
  station('R101', 'R001', 'SOUTH FERRY', '1RW', 'IRT', 7, 0.31),
  station('A010', 'R080', '57 ST-7 AV', 'NQRW', 'BMT', 6, 0.3),
  station('G001', 'R151', 'CONEY IS-STILLW', 'DFNQ', 'BMT', 6, 0.29),
  station('N335', 'R158', 'KEW GARDENS', 'EF', 'IND', 6, 0.27),
  station('N519', 'R461', "B'WAY-LAFAYETTE", 'BDFQ6', 'IND', 6, 0.26),
  station('PTH02', 'R544', 'HARRISON', '1', 'PTH', 6, 0.24),
  station('R135', 'R031', '34 ST-PENN STA', '123', 'IRT', 6, 0.23),
  station('R262', 'R195', '161/YANKEE STAD', '4BD', 'IRT', 6, 0.21),
  station('R601A', 'R108', 'BOROUGH HALL', '2345R', 'IRT', 6, 0.2),
  station('R645', 'R110', 'FLATBUSH AV-B.C', '25', 'IRT', 6, 0.19),
  station('B020', 'R263', 'AVENUE H', 'BQ', 'BMT', 6, 0.17),
  station('N080', 'R138', 'W 4 ST-WASH SQ', 'ABCDEFM', 'IND', 6, 0.16),
]
