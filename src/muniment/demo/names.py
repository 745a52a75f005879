# ruff: noqa: SIM905 - two hundred names read better as a text
"""Invented names by generation, streets and phone numbers. 555-01xx is reserved for fiction."""

FAMILIES = (
    "Abernathy Acosta Adler Aguilar Albright Alvarado Amsel Anand Ashworth Aldana Bancroft Barrow "
    "Bautista Beaumont Bellamy Benitez Birdsong Blackwood Boateng Bondurant Brannigan Brightwell Brodeur "
    "Calloway Cardenas Carmody Castleberry Chaudhry Chisholm Claiborne Coolidge Corrigan Crandall "
    "Cromarty Dalrymple Danforth Delgado Deverell Diallo Dombrowski Donahue Drummond Dufresne Eastman "
    "Echevarria Ellsworth Endicott Escobar Fairbanks Farrukh Ferrante Fitzhugh Fontaine Forrester "
    "Fujimoto Galvan Gardiner Ghosh Gilchrist Goldfarb Grantham Guerrero Haddock Halvorsen Hargrove "
    "Hathaway Herrera Hollis Holloway Huang Ibarra Ingersoll Iyer Jablonski Jankowski Jefferies Jimenez "
    "Kaczmarek Kendrick Khatri Kilbride Kirkland Kowalczyk Kruger Laird Langford Larrabee Leclair "
    "Lindgren Lockhart Lombardi Luong Maccabee Macready Maldonado Marchetti Mayfield McAllister McTavish "
    "Mendoza Merriweather Moreau Mwangi Nakamura Narayan Navarro Ngo Nichols Norwood Nwosu Obrien Ocampo "
    "Okonkwo Oleary Olmstead Orozco Osgood Pacheco Paxton Pendergast Petrakis Pham Pickering Pomeroy "
    "Prescott Quigley Quintero Radcliffe Ramaswamy Redfern Renaud Ridgeway Rinaldi Rosado Rutledge "
    "Salazar Sandoval Santangelo Satterfield Schroeder Seabrook Sengupta Shaughnessy Sinclair Sokolov "
    "Stanhope Stavros Stoddard Sutherland Takahashi Talbot Tennant Thibodeaux Thornbury Toussaint Tran "
    "Trujillo Underwood Uribe Valentine VanHouten Velasco Vance Villanueva Wadsworth Wainwright "
    "Weatherby Westcott Whitaker Wickham Winslow Wolcott Wyndham Xiong Yamada Yarborough Yilmaz "
    "Youngblood Zamora Zielinski"
).split()

GIVEN = {
    ("F", "old"): (
        "Agnes Alma Beatrice Bernice Betty Carmen Clara Constance Delores Dorothy Edna Eleanor Esther Eunice "
        "Evelyn Florence Frances Geraldine Gladys Harriet Hazel Helen Ida Irene Josephine Juanita Lillian "
        "Lois Lucille Mabel Marjorie Maxine Mildred Norma Opal Pearl Phyllis Rosa Rosemary Ruth Shirley "
        "Thelma Velma Vivian Wilma"
    ).split(),
    ("M", "old"): (
        "Albert Alfred Archibald Arthur Bernard Calvin Cecil Chester Clarence Clifford Earl Edgar Edwin "
        "Elmer Ernesto Eugene Francis Frederick George Gerald Gilbert Harold Harvey Herbert Herman Horace "
        "Howard Hubert Leon Leonard Leroy Lloyd Manuel Marvin Melvin Milton Norman Ralph Raymond Roland Roy "
        "Stanley Vernon Walter Willard"
    ).split(),
    ("F", "mid"): (
        "Adriana Amy Andrea Angela Anita Carla Catherine Cheryl Christine Cynthia Dawn Deborah Denise Diana "
        "Donna Elena Farah Gina Gloria Heather Indira Jacqueline Janet Joyce Julie Karen Kimberly Laura "
        "Leticia Linda Lorraine Marisol Michelle Monica Nancy Nadia Pamela Patrice Rebecca Renee Rhonda "
        "Sandra Sharon Sonia Stacy Susan Tamara Theresa Valerie Yolanda Yvonne"
    ).split(),
    ("M", "mid"): (
        "Alan Andre Anil Anthony Brian Carlos Craig Curtis Darnell Dennis Derek Douglas Duane Eduardo Eric "
        "Farid Gary Glenn Gregory Hector Ivan Jaime Jeffrey Jerome Keith Kenneth Kevin Lamont Lawrence Luis "
        "Malcolm Marcus Mark Miguel Neil Patrick Paul Peter Philip Rafael Randall Ricardo Rodney Roger "
        "Russell Scott Steven Terrence Timothy Vincent Wayne"
    ).split(),
    ("F", "young"): (
        "Aaliyah Abigail Alexis Alyssa Amara Aisha Ariana Ava Brianna Brooke Camila Chloe Destiny Ebony "
        "Emily Fatima Gabriela Grace Hannah Imani Isabel Jasmine Jenna Kayla Keisha Lauren Leila Lily Lucia "
        "Madison Maya Megan Mia Naomi Natalie Nina Olivia Paige Priya Rachel Samantha Savannah Sienna Sophie "
        "Talia Taylor Vanessa Xiomara Zara Zoe"
    ).split(),
    ("M", "young"): (
        "Adrian Aiden Amir Andrew Austin Ben Blake Brandon Caleb Cameron Christian Cole Connor Damian Daniel "
        "Devin Diego Dominic Dylan Elijah Ethan Evan Felix Gabriel Hassan Hunter Isaac Isaiah Jaden Jamal "
        "Jordan Joshua Julian Kofi Landon Logan Lucas Mateo Miles Nathan Noah Omar Owen Quentin Rohan Ryan "
        "Sebastian Tyler Wesley Xavier Zachary"
    ).split(),
}

STREETS = (
    "Anchor Lane;Bellwether Road;Breakwater Drive;Candlewick Court;Cooper's Hill;Cormorant Street;"
    "Driftwood Terrace;Elderberry Lane;Ferry Street;Foxglove Way;Gannet Avenue;Gristmill Road;"
    "Halyard Court;Heron Point Road;Ironworks Street;Juniper Bend;Kestrel Close;Lantern Street;"
    "Larkspur Avenue;Mariner's Row;Millrace Road;Netmender Alley;Old Quarry Road;Oyster Bank Drive;"
    "Pilot House Road;Quince Street;Ropewalk Street;Saltbox Lane;Sandpiper Court;Schooner Street;"
    "Shipwright Avenue;Signal Hill Road;Spindrift Way;Sycamore Terrace;Tannery Lane;Tidewater Street;"
    "Upper Marling Road;Vineyard Close;Watchtower Road;Whistling Swan Drive;Windlass Road;Yardarm Street"
).split(";")

AREA_CODES = ("410", "443", "667", "240", "301", "227")

NICKNAMES = {
    "Deborah": "Debbie",
    "Catherine": "Cathy",
    "Kenneth": "Ken",
    "Lawrence": "Larry",
    "Gregory": "Greg",
    "Margaret": "Peggy",
    "Rebecca": "Becky",
    "Steven": "Steve",
    "Timothy": "Tim",
    "Joshua": "Josh",
    "Samantha": "Sam",
    "Elizabeth": "Betty",
    "Raymond": "Ray",
    "Walter": "Walt",
    "Gabriela": "Gaby",
    "Jacqueline": "Jackie",
    "Theresa": "Terri",
    "Pamela": "Pam",
    "Michelle": "Shelly",
    "Frederick": "Fred",
    "Josephine": "Josie",
    "Geraldine": "Gerry",
}
